/// Whether a chain that a stranger shows leads to an authority that was imported, judged step by
/// step as of RFC 5280, with the reason of each step.
@NullMarked
package io.cardea.life.pki.path;

import org.jspecify.annotations.NullMarked;
