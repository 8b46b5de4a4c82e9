/// The fakes and the contract suites of pki, for every module that implements or uses its ports.
@NullMarked
package io.cardea.life.pki;

import org.jspecify.annotations.NullMarked;
