package dev.chronodesk.command;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the write side.
 *
 * @param rememberedAggregates how many tickets, teams and profiles are kept in memory between commands
 */
@ConfigurationProperties("chronodesk.command")
public record CommandSettings(@DefaultValue("50000") int rememberedAggregates) {

    public CommandSettings {
        if (rememberedAggregates < 1)
            throw new IllegalArgumentException("chronodesk.command.remembered-aggregates: at least 1");
    }
}
