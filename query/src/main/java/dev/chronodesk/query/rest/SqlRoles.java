package dev.chronodesk.query.rest;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.query.fold.Json;
import java.util.Map;

/** As whom PostgreSQL sees a caller. */
final class SqlRoles {

    private SqlRoles() {}

    /** The role that the read login becomes for one request. */
    static String role(Caller caller) {
        return switch (caller) {
            case Caller.Anonymous _ -> "chronodesk_anon";
            case Caller.Known known ->
                switch (known.role()) {
                    case CUSTOMER -> "chronodesk_customer";
                    case AGENT -> "chronodesk_agent";
                    case ADMIN -> "chronodesk_admin";
                    case AUDITOR -> "chronodesk_auditor";
                    case ANALYST -> "chronodesk_analyst";
                    case SERVICE -> "chronodesk_service";
                };
        };
    }

    /** What {@code auth.jwt()} says, in the words of the client contract. */
    static String claims(Caller caller) {
        return switch (caller) {
            case Caller.Anonymous _ -> Json.write(Map.of("role", "anon"));
            case Caller.Known known ->
                Json.write(Map.of(
                        "sub",
                        known.id().toString(),
                        "role",
                        known.role() == dev.chronodesk.events.profile.Role.SERVICE ? "service_role" : "authenticated",
                        "app_metadata",
                        Map.of("role", known.role().toString())));
        };
    }
}
