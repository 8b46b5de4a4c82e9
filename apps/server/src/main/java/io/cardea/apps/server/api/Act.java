package io.cardea.apps.server.api;

import org.jspecify.annotations.Nullable;

/// The body of an act that has to be justified.
///
/// @param reason in the operator's words
record Act(@Nullable String reason) {}
