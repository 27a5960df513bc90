package dev.chronodesk.command;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the write side.
 *
 * @param rememberedAggregates how many tickets, teams and profiles are kept in memory between commands
 * @param atOnce how many commands may be under way at once; more are refused with 503
 */
@ConfigurationProperties("chronodesk.command")
public record CommandSettings(@DefaultValue("50000") int rememberedAggregates, @DefaultValue("2048") int atOnce) {

    public CommandSettings {
        if (rememberedAggregates < 1)
            throw new IllegalArgumentException("chronodesk.command.remembered-aggregates: at least 1");
        if (atOnce < 1) throw new IllegalArgumentException("chronodesk.command.at-once: at least 1");
    }
}
