package io.waybill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class FaultyProxyIT {
  @RegisterExtension final Leaks leaks = new Leaks();

  private final byte[] payload = new byte[100_000];
  private EchoServer target;
  private FaultyProxy proxy;

  @BeforeEach
  void open() throws IOException {
    new Random(42).nextBytes(payload);
    target = new EchoServer();
    proxy = FaultyProxy.inFrontOf(target.port());
  }

  @AfterEach
  void close() throws Exception {
    proxy.close();
    target.stop();
  }

  @Test
  void passesBytesAndEndsThroughWhenNotArmed() throws Exception {
    try (Socket client = connect()) {
      Thread writer = write(client, payload, true);
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(payload);
      writer.join();
    }

    assertThat(target.heard.get(0).awaitEnding()).isEqualTo("end of stream");
    assertThat(proxy.connections()).isEqualTo(1);
    assertThat(proxy.strikes()).isZero();
    assertThat(proxy.bytes(Direction.TO_TARGET)).isEqualTo(payload.length);
    assertThat(proxy.bytes(Direction.TO_CLIENT)).isEqualTo(payload.length);
  }

  @Test
  void cutEndsBothSidesInOrderAfterExactlyTheBytesAllowed() throws Exception {
    proxy.arm(FaultPlan.once(Fault.CUT, Direction.TO_TARGET, 12_345));
    try (Socket client = connect()) {
      write(client, payload, false);
      assertThat(readUntilBroken(client)).isLessThanOrEqualTo(12_345);
    }

    assertThat(target.heard.get(0).awaitEnding()).isEqualTo("end of stream");
    assertThat(target.heard.get(0).bytes()).isEqualTo(Arrays.copyOf(payload, 12_345));
    assertThat(proxy.strikes()).isEqualTo(1);
  }

  @Test
  void resetBreaksTheClient() throws Exception {
    proxy.arm(FaultPlan.once(Fault.RESET, Direction.TO_CLIENT, 1_000));
    try (Socket client = connect()) {
      client.getOutputStream().write(payload, 0, 2_000);

      assertThatThrownBy(() -> client.getInputStream().readAllBytes())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
    assertThat(proxy.bytes(Direction.TO_CLIENT)).isEqualTo(1_000);
  }

  @Test
  void stallHoldsBytesBackAndKeepsTheConnectionOpen() throws Exception {
    proxy.arm(FaultPlan.once(Fault.STALL, Direction.TO_TARGET, 10));
    try (Socket client = connect()) {
      client.setSoTimeout(300);
      client.getOutputStream().write(payload, 0, 1_000);

      assertThat(client.getInputStream().readNBytes(10)).isEqualTo(Arrays.copyOf(payload, 10));
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(target.heard.get(0).ending()).isEqualTo("open");
    }
  }

  @Test
  void corruptsExactlyOneByteAndKeepsTheLength() throws Exception {
    proxy.arm(FaultPlan.once(Fault.CORRUPT_ONE_BYTE, Direction.TO_TARGET, 70_000));

    byte[] heard = echo(payload);

    byte[] expected = payload.clone();
    expected[70_000] = (byte) ~expected[70_000];
    assertThat(heard).isEqualTo(expected);
  }

  @Test
  void omitsBytesInTheMiddle() throws Exception {
    // 20 bytes short of a buffer's end, so that the hole can lie in two reads
    int at = 16 * 1024 - 8;
    proxy.arm(FaultPlan.once(Fault.OMIT_BYTES, Direction.TO_TARGET, at));

    byte[] heard = echo(payload);

    byte[] expected = new byte[payload.length - FaultyProxy.OMITTED_BYTES];
    System.arraycopy(payload, 0, expected, 0, at);
    System.arraycopy(payload, at + FaultyProxy.OMITTED_BYTES, expected, at, expected.length - at);
    assertThat(heard).isEqualTo(expected);
  }

  @Test
  void halfCloseEndsOneDirectionAndTheOtherGoesOn() throws Exception {
    proxy.arm(FaultPlan.once(Fault.HALF_CLOSE, Direction.TO_TARGET, 500));
    try (Socket client = connect()) {
      client.getOutputStream().write(payload, 0, 1_000);

      assertThat(client.getInputStream().readAllBytes()).isEqualTo(Arrays.copyOf(payload, 500));
      client.getOutputStream().write(payload, 0, 1_000);
    }
    assertThat(target.heard.get(0).awaitEnding()).isEqualTo("end of stream");
    assertThat(target.heard.get(0).bytes()).hasSize(500);
  }

  @Test
  void delayHoldsOnceAndLosesNothing() throws Exception {
    Duration held = Duration.ofMillis(300);
    proxy.arm(FaultPlan.once(Fault.DELAY, Direction.TO_CLIENT, 100).holding(held));

    long start = System.nanoTime();
    byte[] heard = echo(payload);

    assertThat(heard).isEqualTo(payload);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(held);
    assertThat(proxy.strikes()).isEqualTo(1);
  }

  @Test
  void refusesAsOftenAsPlannedAndThenServes() throws Exception {
    proxy.arm(FaultPlan.once(Fault.REFUSE, Direction.TO_TARGET, 0).onConnections(2));

    for (int i = 0; i < 2; i++) {
      try (Socket client = connect()) {
        assertThatThrownBy(() -> client.getInputStream().read())
            .isInstanceOf(SocketException.class);
      }
    }
    assertThat(echo(payload)).isEqualTo(payload);
    assertThat(target.heard).hasSize(1);
    assertThat(proxy.connections()).isEqualTo(3);
    assertThat(proxy.strikes()).isEqualTo(2);
  }

  @Test
  void connectionsThatEndBeforeTheByteCountLeaveThePlanArmed() throws Exception {
    proxy.arm(FaultPlan.once(Fault.CORRUPT_ONE_BYTE, Direction.TO_TARGET, 5_000));

    byte[] small = Arrays.copyOf(payload, 5_000);
    assertThat(echo(small)).isEqualTo(small);
    assertThat(proxy.strikes()).isZero();
    assertThat(echo(payload)).isNotEqualTo(payload);
    assertThat(echo(payload)).isEqualTo(payload);
  }

  @Test
  void disarmLetsEverythingThrough() throws Exception {
    proxy.arm(FaultPlan.once(Fault.CUT, Direction.TO_TARGET, 0).onEveryConnection());
    proxy.disarm();

    assertThat(echo(payload)).isEqualTo(payload);
  }

  @Test
  void armingAnEqualPlanAgainStrikesTheSameConnectionAgain() throws Exception {
    FaultPlan plan = FaultPlan.once(Fault.CORRUPT_ONE_BYTE, Direction.TO_TARGET, 0);
    try (Socket client = connect()) {
      for (int i = 0; i < 2; i++) {
        proxy.arm(plan);
        client.getOutputStream().write(7);
        assertThat((byte) client.getInputStream().read()).isEqualTo((byte) ~7);
      }
    }
    assertThat(proxy.strikes()).isEqualTo(2);
  }

  @Test
  void resetsTheClientWhenTheTargetIsAway() throws Exception {
    int freePort;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      freePort = free.getLocalPort();
    }
    try (FaultyProxy orphan = FaultyProxy.inFrontOf(freePort);
        Socket client = new Socket(orphan.address().getAddress(), orphan.port())) {
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void closeEndsOpenAndStalledConnections() throws Exception {
    proxy.arm(FaultPlan.once(Fault.STALL, Direction.TO_TARGET, 0));
    try (Socket client = connect();
        Socket idle = connect()) {
      client.getOutputStream().write(1);
      await().until(() -> proxy.strikes() == 1);

      proxy.close();

      assertThat(readUntilBroken(client)).isZero();
      assertThat(readUntilBroken(idle)).isZero();
      assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(proxy.address().getAddress(), proxy.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private byte[] echo(byte[] sent) throws IOException, InterruptedException {
    try (Socket client = connect()) {
      Thread writer = write(client, sent, true);
      byte[] heard = client.getInputStream().readAllBytes();
      writer.join();
      return heard;
    }
  }

  /**
   * Writes beside the reader, as an echo of more than the sockets' buffers would lock otherwise.
   */
  private static Thread write(Socket client, byte[] bytes, boolean thenEnd) {
    Thread writer =
        new Thread(
            () -> {
              try {
                client.getOutputStream().write(bytes);
                if (thenEnd) {
                  client.shutdownOutput();
                }
              } catch (IOException broken) {
                // the reader of the same socket sees it too, and asserts on it
              }
            });
    writer.setDaemon(true);
    writer.start();
    return writer;
  }

  private static int readUntilBroken(Socket client) {
    int count = 0;
    try {
      while (client.getInputStream().read() >= 0) {
        count++;
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection stayed open", e);
    } catch (IOException reset) {
      return count;
    }
    return count;
  }
}
