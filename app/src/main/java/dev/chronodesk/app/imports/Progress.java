package dev.chronodesk.app.imports;

/** Who watches long work. Called from many threads at once. */
public interface Progress {

    /** A part of the work begins, and has that many steps. */
    void begin(String part, long steps);

    /** One of them is done. */
    void step();
}
