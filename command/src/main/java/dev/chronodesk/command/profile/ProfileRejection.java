package dev.chronodesk.command.profile;

import dev.chronodesk.command.door.Refusal;
import dev.chronodesk.events.profile.Role;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Why a profile, its address or the roster of administrators said no. */
public sealed interface ProfileRejection extends Refusal {

    /** The address belongs to somebody. */
    record AddressTaken() implements ProfileRejection {
        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return "the e-mail address belongs to another profile";
        }
    }

    /** Service is the role of keys, never of a person. */
    record RoleForKeysOnly() implements ProfileRejection {
        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return "the role service belongs to keys, never to a person";
        }

        @Override
        public Optional<List<String>> allowed() {
            return Optional.of(Arrays.stream(Role.values())
                    .filter(role -> role != Role.SERVICE)
                    .map(Role::toString)
                    .toList());
        }
    }

    /** There would be no administrator left. */
    record LastAdministrator() implements ProfileRejection {
        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return "the last administrator cannot lose the role";
        }

        @Override
        public Optional<List<String>> allowed() {
            return Optional.of(List.of(Role.ADMIN.toString()));
        }
    }

    /** Somebody who administers is not locked out: another role comes first, which says who is left. */
    record StillAdministrator() implements ProfileRejection {
        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return "an administrator must be given another role first";
        }
    }

    /** Only the address that a person has now can be verified: another one was changed meanwhile, or never theirs. */
    record NotPresentAddress() implements ProfileRejection {
        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return "that is not the person's present address";
        }
    }

    /** Nothing about somebody who was erased is ever changed again. */
    record ErasedPerson() implements ProfileRejection {
        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return "the person was erased; nothing about them can be changed any more";
        }
    }

    /** Others may only be renamed by administrators. */
    record AdministratorsOnly() implements ProfileRejection {
        @Override
        public Kind kind() {
            return Kind.FORBIDDEN;
        }

        @Override
        public String message() {
            return "only administrators may do that to somebody else";
        }
    }
}
