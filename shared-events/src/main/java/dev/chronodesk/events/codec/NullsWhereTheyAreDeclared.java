package dev.chronodesk.events.codec;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.lang.reflect.Executable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/** A record's component takes null if it says {@link Nullable}, and from stored bytes too only then. */
final class NullsWhereTheyAreDeclared extends JacksonAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    @Override
    public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated annotated) {
        if (annotated instanceof AnnotatedParameter parameter
                && parameter.getOwner().getAnnotated() instanceof Executable creator
                && !creator.getAnnotatedParameterTypes()[parameter.getIndex()].isAnnotationPresent(Nullable.class))
            return JsonSetter.Value.forValueNulls(Nulls.FAIL);
        return super.findSetterInfo(config, annotated);
    }
}
