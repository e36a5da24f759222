package io.waybill.transfer.tcp.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.tcp.access.CapReachedException.Cap;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ConnectionCapsTest {
  private final ConnectionCaps caps =
      ConnectionCaps.builder()
          .limit(Cap.CONNECTIONS, 4)
          .limit(Cap.BEFORE_LOGIN, 3)
          .limit(Cap.ADDRESS, 2)
          .limit(Cap.USER, 1)
          .limit(Cap.SESSIONS, 1)
          .build();

  @Test
  void eachCapRefusesOneMoreAndClosingMakesRoom() throws Exception {
    var one = caps.connect(address(1));
    var two = caps.connect(address(1));
    refused(Cap.ADDRESS, () -> caps.connect(address(1)));
    var three = caps.connect(address(2));
    refused(Cap.BEFORE_LOGIN, () -> caps.connect(address(3)));
    one.loggedIn("ann");
    refused(Cap.USER, () -> two.loggedIn("ann"));
    two.loggedIn("bob");
    var four = caps.connect(address(2));
    refused(Cap.CONNECTIONS, () -> caps.connect(address(4)));
    one.close();
    one.close();
    assertThat(caps.connections()).isEqualTo(3);
    assertThat(caps.beforeLogin()).isEqualTo(2);
    three.loggedIn("ann");
    assertThatIllegalStateException().isThrownBy(() -> three.loggedIn("cid"));
    assertThatIllegalStateException().isThrownBy(() -> one.loggedIn("cid"));
    two.close();
    three.close();
    four.close();
    assertThat(caps.connections()).isZero();
    assertThat(caps.beforeLogin()).isZero();
    assertThat(caps.names()).isZero();
  }

  @Test
  void oneAddressLeavesOthersPlacesBeforeLogin() throws Exception {
    ConnectionCaps wide = ConnectionCaps.builder().limit(Cap.ADDRESS_BEFORE_LOGIN, 2).build();
    var one = wide.connect(address(1));
    var two = wide.connect(address(1));
    refused(Cap.ADDRESS_BEFORE_LOGIN, () -> wide.connect(address(1)));
    var other = wide.connect(address(2));
    one.loggedIn("ann");
    var three = wide.connect(address(1));
    for (var each : List.of(one, two, other, three)) {
      each.close();
    }
    assertThat(wide.names()).isZero();
  }

  @Test
  void sessionsAreCapped() throws Exception {
    var session = caps.session();
    refused(Cap.SESSIONS, caps::session);
    session.close();
    session.close();
    assertThat(caps.sessions()).isZero();
    caps.session().close();
  }

  @Test
  void manyThreadsNeverExceedACapAndLeaveNothingBehind() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Integer>> results = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int host = t % 3;
        Callable<Integer> work =
            () -> {
              int most = 0;
              for (int i = 0; i < 2000; i++) {
                try (var connection = caps.connect(address(host))) {
                  connection.loggedIn("user" + host);
                  most = Math.max(most, caps.connections());
                } catch (CapReachedException e) {
                  most = Math.max(most, caps.connections());
                }
              }
              return most;
            };
        results.add(threads.submit(work));
      }
      for (Future<Integer> result : results) {
        assertThat(result.get()).isLessThanOrEqualTo(4);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(caps.connections()).isZero();
    assertThat(caps.beforeLogin()).isZero();
    assertThat(caps.names()).isZero();
  }

  private static void refused(Cap cap, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(CapReachedException.class, e -> assertThat(e.cap()).isEqualTo(cap));
  }

  private static InetAddress address(int host) throws Exception {
    return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) host});
  }
}
