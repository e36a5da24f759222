package io.waybill.transfer.tcp.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class HelloTest {
  private static final Set<String> ALL = Set.of(Hello.TREE_DIGEST, Hello.ZERO_CHUNKS);
  private static final Hello.Terms TERMS = new Hello.Terms(8 << 20, List.of());
  private static final Hello.Terms OFFERED = new Hello.Terms(8 << 20, List.of(ScramKey.MECHANISM));

  @Test
  void bothEndsOfThisVersionAgree() throws WireException {
    Hello answer = Hello.answer(Hello.client());
    Hello.client().accept(answer);
    assertThat(answer.capabilities()).isEqualTo(ALL);
  }

  @Test
  void aLaterClientThatStillSpeaksOursIsAnsweredInOurs() throws WireException {
    Hello later = new Hello(1, 9, Set.of(Hello.TREE_DIGEST, "zstd"), Set.of(), TERMS);
    Hello answer = Hello.answer(later);
    assertThat(answer.versionMin()).isEqualTo(1);
    assertThat(answer.versionMax()).isEqualTo(1);
    assertThat(answer.capabilities()).containsExactly(Hello.TREE_DIGEST);
  }

  @Test
  void versionsWithoutACommonOneAreRefused() {
    assertUnsupported(() -> Hello.answer(new Hello(2, 3, ALL, Set.of(), TERMS)));
    assertUnsupported(() -> Hello.client().accept(new Hello(2, 2, ALL, Set.of(), OFFERED)));
    assertUnsupported(() -> Hello.client().accept(new Hello(1, 2, ALL, Set.of(), OFFERED)));
  }

  @Test
  void whatTheClientRequiresIsNeverLeftOut() {
    assertUnsupported(
        () ->
            Hello.answer(new Hello(1, 1, Set.of("tls", Hello.TREE_DIGEST), Set.of("tls"), TERMS)));
    assertUnsupported(
        () -> Hello.client().accept(new Hello(1, 1, Set.of(Hello.ZERO_CHUNKS), Set.of(), OFFERED)));
  }

  @Test
  void whatTheServerRequiresIsNeverLeftOut() {
    assertUnsupported(() -> Hello.answer(new Hello(1, 1, Set.of(), Set.of(), TERMS)));
    assertUnsupported(
        () -> Hello.client().accept(new Hello(1, 1, ALL, Set.of("streams"), OFFERED)));
  }

  @Test
  void aServerMustNotClaimWhatWasNotOffered() {
    Set<String> more = Set.of(Hello.TREE_DIGEST, Hello.ZERO_CHUNKS, "zstd");
    assertUnsupported(() -> Hello.client().accept(new Hello(1, 1, more, Set.of(), OFFERED)));
  }

  @Test
  void aServerWithoutOurLoginMechanismIsRefused() {
    assertUnsupported(
        () ->
            Hello.client()
                .accept(
                    new Hello(1, 1, ALL, Set.of(), new Hello.Terms(8 << 20, List.of("PLAIN")))));
  }

  private static void assertUnsupported(ThrowingCallable call) {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(call)
        .extracting(WireException::code)
        .isEqualTo(ErrorCode.UNSUPPORTED);
  }
}
