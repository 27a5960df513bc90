package dev.chronodesk.command.metric;

import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.metric.Definition;
import java.util.UUID;

/** Says by which definition a metric is computed for whoever names no version. */
public record AdoptDefinition(
        @Field(value = "The metric, and the version of its definition.", example = "full_resolution/2")
                Definition definition)
        implements MetricCommand {

    public AdoptDefinition {
        var shape = new Shape();
        shape.required("definition", definition);
        shape.check();
    }

    @Override
    public UUID target() {
        return definition.stream();
    }
}
