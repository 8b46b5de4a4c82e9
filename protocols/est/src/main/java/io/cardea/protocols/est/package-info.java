@NullMarked
package io.cardea.protocols.est;

import org.jspecify.annotations.NullMarked;
