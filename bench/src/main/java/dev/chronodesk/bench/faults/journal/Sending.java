package dev.chronodesk.bench.faults.journal;

/** An intent with its outcome; unknown when the journal ends before it. */
public record Sending(Intent intent, Outcome outcome) {}
