/// The agent of a gateway, and the very same code as every device of the simulated fleet: it
/// enrols, renews when the server wants it, and keeps what it used until the next one is confirmed.
///
/// Start at [Agent]. What survives a power cut is in [Identities]; what a refusal means is in
/// [Reaction].
@NullMarked
package io.cardea.apps.agent;

import org.jspecify.annotations.NullMarked;
