@NullMarked
package io.cardea.life.ledger;

import org.jspecify.annotations.NullMarked;
