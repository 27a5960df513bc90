package dev.chronodesk.command.door;

/**
 * One field that is not as it must be.
 *
 * @param field its name in JSON, with a path for what lies deeper ({@code tags[3]}); empty for the body as a whole
 * @param rule stable word for what is broken: {@code required}, {@code length}, {@code characters}, {@code format},
 *     {@code type}, {@code value}, {@code unknown}, {@code duplicate}, {@code json}
 * @param message one sentence for a person, without the value
 */
public record FieldError(String field, String rule, String message) {}
