package dev.chronodesk.command.door;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What the published description of a command says about one of its fields. The command's constructor holds the rule
 * itself; a test compares the two. A field that may be left out is {@code @Nullable}.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Field {

    /** One sentence for whoever writes a client. */
    String value();

    /** A value that is accepted, or an element of a list, as it stands in JSON without quotes; empty for none. */
    String example() default "";

    /** The fewest Unicode code points of a text, or elements of a list. */
    int min() default 0;

    /** The most Unicode code points of a text, or elements of a list; 0 when nothing limits it. */
    int max() default 0;
}
