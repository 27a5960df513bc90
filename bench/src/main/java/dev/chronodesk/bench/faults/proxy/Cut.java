package dev.chronodesk.bench.faults.proxy;

/** Where a connection is cut. */
public enum Cut {
    /** Before the server sees the message: it carries nothing out. */
    BEFORE,
    /** After the server has carried it out, before the client sees anything of the reply. */
    AFTER
}
