package io.waybill.transfer.tcp.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LoginGuardTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final Optional<String> ANN = Optional.of("ann");
  private static final Optional<String> BOB = Optional.of("bob");
  private final InetAddress stranger = ip("192.0.2.1");
  private final InetAddress home = ip("198.51.100.1");
  private Instant now = START;
  private final LoginGuard guard = LoginGuard.builder(() -> now).build();

  @Test
  void addressIsRefusedForTwiceAsLongEachTimeAndThenBanned() {
    List<Long> refusals = new ArrayList<>();
    for (int i = 1; i <= 9; i++) {
      guard.failed(stranger, Optional.empty());
      if (guard.check(stranger, Optional.empty()) instanceof Verdict.Refused refused) {
        refusals.add(Duration.between(now, refused.until()).toSeconds());
        now = refused.until();
      }
      assertThat(guard.check(stranger, Optional.empty())).isEqualTo(new Verdict.Admitted());
    }
    assertThat(refusals).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L);
    guard.failed(stranger, Optional.empty());
    Instant until = now.plus(Duration.ofMinutes(15));
    guard.failed(stranger, Optional.empty());
    assertThat(guard.check(stranger, ANN)).isEqualTo(new Verdict.Banned(until));
    now = until;
    assertThat(guard.check(stranger, Optional.empty())).isEqualTo(new Verdict.Admitted());
  }

  @Test
  void failuresThatAreSpreadOutBanNobody() {
    for (int i = 0; i < 100; i++) {
      guard.failed(stranger, Optional.empty());
      now = now.plus(Duration.ofSeconds(101));
      assertThat(guard.check(stranger, Optional.empty())).isEqualTo(new Verdict.Admitted());
    }
  }

  @Test
  void strangerDelaysAUserByFiveSecondsAtMostAndLocksNobodyOut() {
    for (int i = 0; i < 1000; i++) {
      guard.failed(ip("203.0.113." + i % 250), ANN);
    }
    assertThat(guard.check(home, ANN)).isEqualTo(new Verdict.Delayed(Duration.ofSeconds(5)));
    assertThat(guard.check(home, BOB)).isEqualTo(new Verdict.Admitted());
  }

  @Test
  void successForgetsThatUsersFailuresFromThatAddressOnly() {
    for (int i = 0; i < 3; i++) {
      guard.failed(stranger, ANN);
      guard.failed(home, BOB);
    }
    guard.succeeded(stranger, "bob");
    assertThat(guard.check(stranger, Optional.empty())).isInstanceOf(Verdict.Refused.class);
    guard.succeeded(home, "bob");
    assertThat(guard.check(home, BOB)).isEqualTo(new Verdict.Admitted());
    guard.succeeded(home, "ann");
    assertThat(guard.check(home, ANN)).isEqualTo(new Verdict.Delayed(Duration.ofSeconds(1)));
  }

  @Test
  void loopbackIsDelayedAndNeverBannedUnlessSaidSo() {
    LoginGuard strict = LoginGuard.builder(() -> now).neverBanned(CidrList.parse("")).build();
    for (int i = 0; i < 50; i++) {
      guard.failed(ip("127.0.0.1"), Optional.empty());
      strict.failed(ip("127.0.0.1"), Optional.empty());
    }
    assertThat(guard.check(ip("127.0.0.1"), ANN))
        .isEqualTo(new Verdict.Delayed(Duration.ofSeconds(5)));
    assertThat(strict.check(ip("127.0.0.1"), ANN)).isInstanceOf(Verdict.Banned.class);
  }

  @Test
  void neighboursInAnIpv6NetworkCountAsOne() {
    for (int i = 0; i < 10; i++) {
      guard.failed(ip("2001:db8:0:1::" + i), Optional.empty());
    }
    assertThat(guard.check(ip("2001:db8:0:1:ffff::"), ANN)).isInstanceOf(Verdict.Banned.class);
    assertThat(guard.check(ip("2001:db8:0:2::"), ANN)).isEqualTo(new Verdict.Admitted());
  }

  @Test
  void clockThatIsSetBackDoesNotProlongARefusal() {
    for (int i = 0; i < 3; i++) {
      guard.failed(stranger, Optional.empty());
    }
    now = START.minus(Duration.ofDays(1));
    assertThat(guard.check(stranger, Optional.empty()))
        .isEqualTo(new Verdict.Refused(now.plusSeconds(1)));
  }

  @Test
  void memoryIsBoundedAndTheLongestUnusedGoesFirst() {
    LoginGuard small = LoginGuard.builder(() -> now).maxEntries(100).build();
    for (int i = 0; i < 10; i++) {
      small.failed(stranger, Optional.empty());
    }
    for (int i = 0; i < 5000; i++) {
      small.failed(ip("10.0." + i / 250 + "." + i % 250), Optional.of("u" + i));
      assertThat(small.check(stranger, Optional.empty())).isInstanceOf(Verdict.Banned.class);
    }
    assertThat(small.remembered()).isEqualTo(100);
    now = now.plus(Duration.ofHours(1));
    for (int i = 0; i < 100; i++) {
      small.failed(home, Optional.of("v" + i));
    }
    assertThat(small.remembered()).isLessThanOrEqualTo(100);
  }

  private static InetAddress ip(String literal) {
    try {
      return InetAddress.getAllByName(literal)[0];
    } catch (UnknownHostException e) {
      throw new AssertionError(literal, e);
    }
  }
}
