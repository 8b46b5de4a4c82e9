package io.cardea.life.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Runs a test only where these commands are on the path. Where one is missing, the test is skipped
/// with its name on a laptop, and fails where `CI=true`: there a skipped third-party client would
/// be a promise nobody checks.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ToolsOnPath.class)
public @interface NeedsTool {
  String[] value();
}
