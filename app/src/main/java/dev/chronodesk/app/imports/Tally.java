package dev.chronodesk.app.imports;

import java.util.List;

/**
 * What an import did. Every row is counted once: it brought events, or it is skipped, or rejected.
 *
 * @param rows below the header
 * @param events appended by this import, those of people and teams too
 * @param skipped rows that brought nothing new: imported before, without a difference that concerns us, or one that
 *     cannot be said here
 * @param rejected rows that are malformed or were refused
 * @param remarks on rejected rows, and on those skipped that an unmodified ticket could not follow; in the order of
 *     lines
 */
public record Tally(long rows, long events, long skipped, long rejected, List<Remark> remarks) {

    public Tally {
        remarks = List.copyOf(remarks);
    }
}
