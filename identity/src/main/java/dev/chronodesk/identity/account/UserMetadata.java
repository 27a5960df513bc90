package dev.chronodesk.identity.account;

import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.Commands;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.ChangeDisplayName;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.identity.account.AccountRejection.Malformed;
import dev.chronodesk.identity.account.AccountRejection.Rejected;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What people write about themselves. It is in every access token of theirs, so it is kept small. */
public final class UserMetadata {

    /** The most bytes as JSON: with more, a token would not fit into a request's header. */
    public static final int MAX = 4_096;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Accounts accounts;
    private final Commands commands;

    public UserMetadata(Accounts accounts, Commands commands) {
        this.accounts = accounts;
        this.commands = commands;
    }

    /** @throws Rejected when it is too large */
    public static void check(Map<String, Object> userMetadata) {
        if (JSON.writeValueAsBytes(userMetadata).length > MAX)
            throw new Rejected(new Malformed("data: at most " + MAX + " bytes of JSON"));
    }

    /**
     * Adds and replaces single values; null removes one. Another display name is another command to the profile.
     *
     * @param caller the account's person
     * @throws Rejected with the reason
     */
    public Account change(Account account, Caller.Known caller, Map<String, @Nullable Object> changes) {
        var changed = check(account, changes);
        var name = Account.displayName(changed);
        if (!name.equals(account.displayName())) rename(caller, name);
        if (!accounts.changeUserMetadata(account, changed))
            throw new Rejected(new Malformed("data: was changed by another request at the same time; try again"));
        return accounts.byId(account.id()).orElseThrow();
    }

    /**
     * What it would be with those changes.
     *
     * @throws Rejected with the reason
     */
    public Map<String, Object> check(Account account, Map<String, @Nullable Object> changes) {
        var changed = new LinkedHashMap<>(account.userMetadata());
        changes.forEach((key, value) -> {
            if (value == null) changed.remove(key);
            else changed.put(key, value);
        });
        check(changed);
        SignUp.check(account.id(), account.email(), changed);
        return changed;
    }

    private void rename(Caller.Known caller, String name) {
        try {
            commands.send(new ChangeDisplayName(new ProfileId(caller.id()), name), caller, Terms.PLAIN);
        } catch (CommandRefusedException e) {
            throw new Rejected(new Malformed("data.display_name: " + e.reason().message()));
        }
    }
}
