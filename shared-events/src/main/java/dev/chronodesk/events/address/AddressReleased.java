package dev.chronodesk.events.address;

import dev.chronodesk.events.profile.ProfileId;

/** Nobody has the address any more; {@code profileId} had it. */
public record AddressReleased(AddressId addressId, ProfileId profileId) implements AddressEvent {}
