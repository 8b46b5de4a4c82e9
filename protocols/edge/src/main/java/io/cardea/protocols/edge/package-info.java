@NullMarked
package io.cardea.protocols.edge;

import org.jspecify.annotations.NullMarked;
