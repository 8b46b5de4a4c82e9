package io.cardea.apps.server.api;

import io.cardea.apps.server.Holder;
import io.cardea.life.secrets.ApiKeys;
import io.cardea.life.secrets.SecretSlots;
import io.cardea.life.secrets.SigningKeys;

/// What the API shows of credentials that are no certificates.
public record SecretParts(
    SecretSlots slots, ApiKeys apiKeys, SigningKeys signingKeys, Holder holder) {}
