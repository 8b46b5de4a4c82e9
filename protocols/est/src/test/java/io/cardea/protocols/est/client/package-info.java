/// Tests of the client, and the fake authority and server that other modules' devices are tested
/// against.
@NullMarked
package io.cardea.protocols.est.client;

import org.jspecify.annotations.NullMarked;
