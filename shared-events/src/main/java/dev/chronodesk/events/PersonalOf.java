package dev.chronodesk.events;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says whose a {@link Personal} component of an event is: the name of the component of the same record that holds the
 * person's id. The value is encrypted with that person's key and is gone when the key is destroyed.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface PersonalOf {

    /** Name of a component of type {@link dev.chronodesk.events.profile.ProfileId}, never null in an event. */
    String value();
}
