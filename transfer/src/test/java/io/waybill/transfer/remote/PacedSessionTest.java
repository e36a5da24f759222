package io.waybill.transfer.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PacedSessionTest {
  /** One that is not passed on would be answered by the interface's default. */
  @Test
  void passesOnWhateverASessionCanBeAsked() {
    assertThat(
            Arrays.stream(RemoteSession.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers())))
        .isNotEmpty()
        .allSatisfy(
            method -> {
              Method own =
                  PacedSession.class.getMethod(method.getName(), method.getParameterTypes());
              assertThat(own.getDeclaringClass()).isEqualTo(PacedSession.class);
            });
  }
}
