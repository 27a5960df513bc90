package dev.chronodesk.query.rest;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.fold.Json;
import java.util.Map;

/** As whom PostgreSQL sees a caller. */
final class SqlRoles {

    private SqlRoles() {}

    /**
     * @param role that the read login becomes for one request
     * @param claims what {@code auth.jwt()} says, in the words of the client contract
     */
    record As(String role, String claims) {

        /** The same caller with what another role may see. */
        As in(Role role) {
            return new As(named(role), claims);
        }
    }

    static As as(Caller caller) {
        return switch (caller) {
            case Caller.Anonymous _ -> new As("chronodesk_anon", claims(caller));
            case Caller.Known known -> new As(named(known.role()), claims(caller));
        };
    }

    private static String named(Role role) {
        return switch (role) {
            case CUSTOMER -> "chronodesk_customer";
            case AGENT -> "chronodesk_agent";
            case ADMIN -> "chronodesk_admin";
            case AUDITOR -> "chronodesk_auditor";
            case ANALYST -> "chronodesk_analyst";
            case SERVICE -> "chronodesk_service";
        };
    }

    private static String claims(Caller caller) {
        return switch (caller) {
            case Caller.Anonymous _ -> Json.write(Map.of("role", "anon"));
            case Caller.Known known ->
                Json.write(Map.of(
                        "sub",
                        known.id().toString(),
                        "role",
                        known.role() == Role.SERVICE ? "service_role" : "authenticated",
                        "app_metadata",
                        Map.of("role", known.role().toString())));
        };
    }
}
