package dev.chronodesk.command.door;

import java.util.List;
import java.util.stream.Collectors;

/** Something that was sent has the wrong shape: 400, with every field that is wrong. Nothing was decided. */
public final class MalformedException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final transient List<FieldError> errors;

    public MalformedException(List<FieldError> errors) {
        super(errors.stream()
                .map(e -> e.field().isEmpty() ? e.message() : e.field() + ": " + e.message())
                .collect(Collectors.joining("; ")));
        this.errors = List.copyOf(errors);
    }

    public MalformedException(String field, String rule, String message) {
        this(List.of(new FieldError(field, rule, message)));
    }

    public List<FieldError> errors() {
        return errors;
    }
}
