package dev.chronodesk.events.address;

import dev.chronodesk.events.profile.ProfileId;

/** The address belongs to that person until it is released. */
public record AddressClaimed(AddressId addressId, ProfileId profileId) implements AddressEvent {}
