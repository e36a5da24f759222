package io.waybill.transfer.tcp.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.testkit.ForkedJvm;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only much traffic shows. */
@Timeout(120)
class TlsLoadIT {
  private static final long BYTES = 24L << 20;

  @TempDir Path directory;
  private Identity own;

  @BeforeEach
  void prepare() throws Exception {
    own = Identity.loadOrMake(directory.resolve("own"), "localhost", InstantSource.system());
  }

  @Test
  void bothWaysAtOnceWithManyKeyUpdatesDoNotLockUp() throws Exception {
    Path limits = directory.resolve("limits");
    Files.writeString(limits, "jdk.tls.keyLimits=AES/GCM/NoPadding KeyUpdate 2^19\n");
    try (ForkedJvm child =
        ForkedJvm.running(TlsPair.class)
            .jvmArgs("-Djava.security.properties=" + limits, "-Djavax.net.debug=ssl:handshake")
            .args(Long.toString(BYTES), directory.toString())
            .start()) {
      child.awaitLine("contents equal", Duration.ofSeconds(90));
      for (String thread : new String[] {"client-writes", "server-writes"}) {
        assertThat(
                child
                    .output()
                    .lines()
                    .filter(line -> line.contains(thread) && line.contains("KeyUpdate")))
            .as("KeyUpdates by " + thread)
            .hasSizeGreaterThan(20);
      }
    }
  }

  @Test
  void aClientOfTheJdkIsServed() throws Exception {
    try (java.nio.channels.ServerSocketChannel listener =
        java.nio.channels.ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      FutureTask<SSLSocket> connecting =
          TlsPair.start(
              "connect",
              () ->
                  (SSLSocket)
                      context(TrustingAll.managers())
                          .getSocketFactory()
                          .createSocket(
                              InetAddress.getLoopbackAddress(), listener.socket().getLocalPort()));
      SocketChannel far = listener.accept();
      try (SSLSocket socket = connecting.get()) {
        setUp(socket);
        exchange(Tls.server(own, ClientCertificates.none()).over(far, far, "127.0.0.1", 1), socket);
      }
    }
  }

  @Test
  void aServerOfTheJdkIsTalkedTo() throws Exception {
    try (SSLServerSocket listener =
        (SSLServerSocket)
            context(new TrustManager[0])
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      SocketChannel near = SocketChannel.open(listener.getLocalSocketAddress());
      try (SSLSocket socket = (SSLSocket) listener.accept()) {
        setUp(socket);
        exchange(
            Tls.client(ServerTrust.pin(own.pin()), null).over(near, near, "localhost", 1), socket);
      }
    }
  }

  private SSLContext context(TrustManager[] trust) throws Exception {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(own.keyManagers(), trust, new SecureRandom());
    return context;
  }

  private static void setUp(SSLSocket socket) {
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {Tls.PROTOCOL});
    socket.setSSLParameters(parameters);
  }

  /** Much, both ways at once, then an orderly end. */
  private static void exchange(TlsChannel channel, SSLSocket socket) throws Exception {
    FutureTask<Void> shaking =
        TlsPair.start(
            "shake",
            () -> {
              socket.startHandshake();
              return null;
            });
    channel.handshake();
    shaking.get();
    var in = Channels.newChannel(socket.getInputStream());
    var out = Channels.newChannel(socket.getOutputStream());
    FutureTask<Long> up = TlsPair.start("up", () -> TlsPair.send(channel, BYTES, 3));
    FutureTask<Long> down = TlsPair.start("down", () -> TlsPair.send(out, BYTES, 4));
    FutureTask<Long> upRead = TlsPair.start("up-read", () -> TlsPair.receive(in, BYTES));
    assertThat(TlsPair.receive(channel, BYTES)).isEqualTo(down.get());
    assertThat(upRead.get()).isEqualTo(up.get());
    channel.close();
    assertThat(in.read(ByteBuffer.allocate(1))).as("close_notify").isEqualTo(-1);
  }

  @Test
  void closeEndsABlockedReadAndABlockedWriteAtOnce() throws Exception {
    try (TlsPair pair = new TlsPair(own)) {
      AtomicLong written = new AtomicLong();
      FutureTask<Integer> reading =
          TlsPair.start("reads", () -> pair.client.read(ByteBuffer.allocate(10)));
      FutureTask<Void> writing = TlsPair.start("writes", () -> fill(pair.client, written));
      awaitStill(written); // the peer reads nothing

      long begun = System.nanoTime();
      pair.client.close();
      assertThatThrownBy(() -> reading.get(5, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
      assertThatThrownBy(() -> writing.get(5, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void aPeerThatStopsReadingHoldsUpWritesOnly() throws Exception {
    try (TlsPair pair = new TlsPair(own)) {
      AtomicLong written = new AtomicLong();
      FutureTask<Void> writing = TlsPair.start("writes", () -> fill(pair.client, written));
      awaitStill(written);
      FutureTask<Long> received =
          TlsPair.start("reads", () -> TlsPair.receive(pair.client, 1 << 20));
      assertThat(TlsPair.send(pair.server, 1 << 20, 5)).isEqualTo(received.get());
      assertThat(writing).isNotDone();

      long before = written.get();
      TlsPair.receive(pair.server, before); // it reads again
      Awaitility.await().until(() -> written.get() > before);
    }
  }

  private static Void fill(TlsChannel channel, AtomicLong written) throws Exception {
    ByteBuffer piece = ByteBuffer.allocate(50_000);
    while (true) {
      written.addAndGet(channel.write(piece.clear()));
    }
  }

  private static void awaitStill(AtomicLong written) {
    Awaitility.await()
        .during(Duration.ofMillis(300))
        .until(written::get, value -> value > 0 && value == seen(written));
  }

  private static long seen(AtomicLong written) {
    long first = written.get();
    java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
    return first == written.get() ? first : -1;
  }
}
