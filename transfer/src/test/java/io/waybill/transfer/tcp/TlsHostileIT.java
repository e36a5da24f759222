package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.tcp.login.ChannelBinding;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.login.Proof;
import io.waybill.transfer.tcp.login.ScramClient;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.tls.Identity;
import io.waybill.transfer.tcp.tls.ServerTrust;
import io.waybill.transfer.tcp.tls.Tls;
import io.waybill.transfer.tcp.tls.TlsChannel;
import io.waybill.transfer.tcp.tls.TrustingAll;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.Connection;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Watchdog;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that are not what they should be, at a server over TLS that goes on with the others. */
@Timeout(60)
class TlsHostileIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Credentials LOGIN = new Credentials("u", () -> "k");

  @TempDir Path directory;
  private Identity own;
  private Identity other;
  private TransferServer server;

  @BeforeEach
  void start() throws IOException {
    own = Identity.loadOrMake(directory.resolve("own"), "localhost", InstantSource.system());
    other = Identity.loadOrMake(directory.resolve("other"), "localhost", InstantSource.system());
    Path root = Files.createDirectories(directory.resolve("served"));
    server = TransferServer.builder(root).identity(own).user("u", () -> "k").build().start();
  }

  @AfterEach
  void theServerGoesOn() {
    TcpTransfer.connect(
            WaybillServer.builder("127.0.0.1", server.port())
                .trust(ServerTrust.pin(own.pin()))
                .credentials(LOGIN)
                .build())
        .close();
    server.close();
  }

  private SSLSocket tls(String version, String... protocols) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, TrustingAll.managers(), new SecureRandom());
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(5000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {version});
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    return socket;
  }

  @Test
  void nothingIsLeftOfClientsThatSpeakPlaintext() throws Exception {
    Field field = Watchdog.class.getDeclaredField("CLOCK");
    field.setAccessible(true);
    BlockingQueue<Runnable> ticks = ((ScheduledThreadPoolExecutor) field.get(null)).getQueue();
    int before = ticks.size();
    for (int i = 0; i < 20; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.getOutputStream().write(new byte[] {0, 0, 0, 0, 1, 1});
        socket.shutdownOutput();
        assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
      }
    }
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(ticks.stream().filter(each -> !((Future<?>) each).isCancelled()).count())
                    .isLessThanOrEqualTo(before));
  }

  @Test
  void anOlderTlsIsRefused() throws Exception {
    try (SSLSocket socket = tls("TLSv1.2", Tls.PROTOCOL)) {
      assertThatThrownBy(socket::startHandshake)
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("protocol_version");
    }
  }

  @Test
  void anotherProtocolIsRefused() throws Exception {
    try (SSLSocket socket = tls("TLSv1.3", "http/1.1")) {
      assertThatThrownBy(socket::startHandshake)
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("no_application_protocol");
    }
  }

  @Test
  void aClientThatNamesNoProtocolIsToldNothing() throws Exception {
    try (SSLSocket socket = tls("TLSv1.3")) {
      socket.startHandshake();
      // within the 5 s of the socket's time limit, which would be a SocketTimeoutException
      assertThatThrownBy(
              () -> {
                if (socket.getInputStream().read() < 0) {
                  throw new SSLException("closed");
                }
              })
          .isInstanceOf(SSLException.class);
    }
  }

  @Test
  void randomBytesAreRefused() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 30; i++) {
      byte[] bytes = new byte[1 + random.nextInt(5000)];
      random.nextBytes(bytes);
      if (i % 2 == 0) {
        bytes[0] = 22; // looks like a handshake
      }
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.setSoTimeout(5000);
        socket.getOutputStream().write(bytes);
        socket.shutdownOutput();
        int said = toEnd(socket.getInputStream());
        assertThat(said).as("bytes said to garbage of seed " + seed).isLessThan(400);
      }
    }
  }

  private static int toEnd(InputStream in) throws IOException {
    return in.readAllBytes().length;
  }

  private TlsChannel secured() throws IOException {
    SocketChannel socket =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    TlsChannel channel =
        Tls.client(ServerTrust.pin(own.pin()), null)
            .over(socket, socket, "127.0.0.1", server.port());
    channel.handshake();
    return channel;
  }

  private static Wire wire(TlsChannel channel) {
    return new Wire(
        new Connection(channel, channel, channel, PATIENCE),
        new BufferBudget(BufferBudget.DEFAULT_BYTES));
  }

  private static ChannelBinding binding(Identity server) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(server.certificate().getEncoded());
    return new ChannelBinding("tls-server-end-point", hash);
  }

  /** As somebody in the middle would, who shows the client a certificate of his own. */
  @Test
  void aProofMadeForAnotherServersCertificateIsRefused() throws Exception {
    Hello hello = Hello.client(Set.of(Hello.TREE_DIGEST), Instance.random());
    Proof proof = new Proof.Key(LOGIN);
    try (Wire wire = wire(secured())) {
      Login.asClient(wire, hello, proof, List.of(binding(own)), PATIENCE);
    }
    try (Wire wire = wire(secured())) {
      assertThatExceptionOfType(WireException.class)
          .isThrownBy(() -> Login.asClient(wire, hello, proof, List.of(binding(other)), PATIENCE))
          .matches(e -> e.code() == ErrorCode.LOGIN_REFUSED)
          .withMessageContaining("user or key is wrong");
    }
  }

  @Test
  void aRecordedLoginIsRefusedOnTheNextConnection() throws Exception {
    ScramClient scram = new ScramClient("u", "abcdefgh", Optional.of(binding(own)));
    List<String> recorded = new ArrayList<>();
    try (Wire wire = wire(secured())) {
      String challenge = first(wire, scram.first());
      recorded.add(scram.first());
      recorded.add(scram.last(challenge, "k"));
      send(wire, recorded.get(1));
      scram.finish(wire.next(PATIENCE, "AUTH").fields().text(Tag.AUTH_DATA)); // it was good
    }
    try (Wire wire = wire(secured())) {
      first(wire, recorded.get(0));
      send(wire, recorded.get(1));
      assertThatExceptionOfType(WireException.class)
          .isThrownBy(() -> wire.next(PATIENCE, "AUTH"))
          .matches(e -> e.code() == ErrorCode.LOGIN_REFUSED);
    }
  }

  private static String first(Wire wire, String message) throws IOException {
    wire.send(
        FrameType.HELLO, 0, Hello.client(Set.of(Hello.TREE_DIGEST), Instance.random()).fields());
    wire.next(PATIENCE, "HELLO");
    wire.send(
        FrameType.AUTH,
        0,
        new FieldsBuilder().text(Tag.MECHANISM, Login.SCRAM_PLUS).text(Tag.AUTH_DATA, message));
    return wire.next(PATIENCE, "AUTH").fields().text(Tag.AUTH_DATA);
  }

  private static void send(Wire wire, String message) throws IOException {
    wire.send(FrameType.AUTH, 0, new FieldsBuilder().text(Tag.AUTH_DATA, message));
  }
}
