package io.waybill.transfer.tcp.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class HelloTest {
  private static final Set<String> ALL = Set.of(Hello.TREE_DIGEST, Hello.ZERO_CHUNKS);
  private static final Hello.Terms TERMS = new Hello.Terms(8 << 20, 8 << 20);
  private static final Hello.Doors DOORS =
      new Hello.Doors(List.of(ScramKey.MECHANISM), List.of(), 16);
  private static final Hello CLIENT = Hello.client(ALL, Instance.random());

  @Test
  void bothEndsAgreeOnWhatBothHave() throws WireException {
    Hello answer = Hello.answer(CLIENT, ALL, DOORS);
    assertThat(CLIENT.accept(answer)).isEqualTo(DOORS);
    assertThat(answer.features().offered()).isEqualTo(ALL);
  }

  @Test
  void aLaterClientThatStillSpeaksOursIsAnsweredInOurs() throws WireException {
    Hello answer =
        Hello.answer(hello(1, 9, Set.of(Hello.TREE_DIGEST, "telepathy"), Set.of()), ALL, DOORS);
    assertThat(answer.versions()).isEqualTo(new Hello.Versions(1, 1));
    assertThat(answer.features().offered()).containsExactly(Hello.TREE_DIGEST);
  }

  @Test
  void versionsWithoutACommonOneAreRefused() {
    assertUnsupported(() -> Hello.answer(hello(2, 3, ALL, Set.of()), ALL, DOORS));
    assertUnsupported(() -> CLIENT.accept(answer(2, 2, ALL, Set.of())));
    assertUnsupported(() -> CLIENT.accept(answer(1, 2, ALL, Set.of())));
  }

  @Test
  void whatTheClientRequiresIsNeverLeftOut() {
    assertUnsupported(
        () ->
            Hello.answer(hello(1, 1, Set.of("tls", Hello.TREE_DIGEST), Set.of("tls")), ALL, DOORS));
    assertUnsupported(() -> CLIENT.accept(answer(1, 1, Set.of(Hello.ZERO_CHUNKS), Set.of())));
  }

  @Test
  void whatTheServerRequiresIsNeverLeftOut() {
    assertUnsupported(() -> Hello.answer(hello(1, 1, Set.of(), Set.of()), ALL, DOORS));
    assertUnsupported(() -> CLIENT.accept(answer(1, 1, ALL, Set.of("streams"))));
  }

  @Test
  void aServerMustNotClaimWhatWasNotOffered() {
    Set<String> more = Set.of(Hello.TREE_DIGEST, Hello.ZERO_CHUNKS, "zstd");
    assertUnsupported(() -> CLIENT.accept(answer(1, 1, more, Set.of())));
  }

  @Test
  void anAnswerWithoutAWayToLogInIsRefused() {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> CLIENT.accept(hello(1, 1, ALL, Set.of())))
        .extracting(WireException::code)
        .isEqualTo(ErrorCode.PROTOCOL_VIOLATION);
  }

  private static Hello hello(int min, int max, Set<String> offered, Set<String> required) {
    return new Hello(
        new Hello.Versions(min, max),
        new Hello.Features(offered, required),
        TERMS,
        Optional.empty(),
        Optional.empty());
  }

  private static Hello answer(int min, int max, Set<String> offered, Set<String> required) {
    return new Hello(
        new Hello.Versions(min, max),
        new Hello.Features(offered, required),
        TERMS,
        Optional.empty(),
        Optional.of(DOORS));
  }

  private static void assertUnsupported(ThrowingCallable call) {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(call)
        .extracting(WireException::code)
        .isEqualTo(ErrorCode.UNSUPPORTED);
  }
}
