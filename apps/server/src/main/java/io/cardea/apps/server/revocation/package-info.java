/// What relying parties ask about certificates that were issued: revocation lists and OCSP, from
/// memory as long as the memory is known to be right.
@NullMarked
package io.cardea.apps.server.revocation;

import org.jspecify.annotations.NullMarked;
