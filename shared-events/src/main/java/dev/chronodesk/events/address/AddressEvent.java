package dev.chronodesk.events.address;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.StreamType;
import java.util.UUID;

/** Everything that can have happened to an e-mail address. */
public sealed interface AddressEvent extends Event permits AddressClaimed, AddressReleased {

    AddressId addressId();

    @Override
    default UUID streamId() {
        return addressId().value();
    }

    @Override
    default StreamType streamType() {
        return StreamType.ADDRESS;
    }
}
