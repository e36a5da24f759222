package io.waybill.transfer.independent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.independent.IndependentFrame.Fields;
import io.waybill.transfer.tcp.tls.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our server over TLS against a client that was written from PROTOCOL.md alone. */
class IndependentClientTlsIT {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  @RegisterExtension final Leaks leaks = Leaks.watching(() -> directory);

  private ServedRoot served;
  private String pin;

  @BeforeEach
  void start() throws Exception {
    Identity identity =
        Identity.loadOrMake(directory.resolve("key"), "server", InstantSource.system());
    served =
        new ServedRoot(
            directory, builder -> builder.identity(identity).idleTimeout(Duration.ofSeconds(20)));
    pin = identity.pin().toString();
  }

  @AfterEach
  void servesAGoodClientAfterAll() throws Exception {
    try (ServedRoot last = served;
        IndependentClient client = login()) {
      IndependentSource source = ServedRoot.source("good client", MIB + 1);
      client.upload(source, 0);
      assertThat(last.served("good client")).isEqualTo(source.bytes().array());
    }
  }

  private Socket tls() throws Exception {
    return IndependentStream.tls(served.server.port(), pin);
  }

  private IndependentClient login() throws Exception {
    return new IndependentClient(tls(), served.instance, ServedRoot.USER, ServedRoot.KEY);
  }

  @Test
  void uploadsAndDownloadsOverTwoStreams() throws Exception {
    IndependentSource source = ServedRoot.source("big.bin", 9 * MIB + 1);
    try (IndependentClient client = login()) {
      client.join(tls(), client.tickets(1).get(0));
      client.upload(source, 0);
      assertThat(served.served("big.bin")).isEqualTo(source.bytes().array());
      assertThat(client.download("big.bin", Map.of())).isEqualTo(source.bytes().array());
    }
  }

  @Test
  void serverWithAnotherPinIsRefused() {
    String other = "sha-256:" + "A".repeat(43);
    assertThatThrownBy(() -> IndependentStream.tls(served.server.port(), other))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("another pin");
  }

  @Test
  void mechanismsAndBindingsAreOnlyThoseOfTls() throws Exception {
    try (IndependentStream stream = new IndependentStream(tls())) {
      IndependentFrame hello = stream.hello(served.instance, "sha-256-tree");
      assertThat(hello.texts(8)).contains("SCRAM-SHA-256-PLUS").doesNotContain("SCRAM-SHA-256");
      assertThat(hello.texts(10)).contains("tls-server-end-point");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SCRAM-SHA-256|n,,",
        "SCRAM-SHA-256-PLUS|n,,",
        "SCRAM-SHA-256-PLUS|y,,",
        "SCRAM-SHA-256-PLUS|p=tls-unique,,",
        "EXTERNAL|"
      })
  void loginThatIsNotBoundToTheChannelIsRefused(String said) throws Exception {
    String mechanism = said.substring(0, said.indexOf('|'));
    String first = said.substring(said.indexOf('|') + 1) + "n=mover,r=abcdefghijkl";
    try (IndependentStream stream = HostilePeer.stream(tls())) {
      stream.hello(served.instance, "sha-256-tree");
      stream.send(0x02, 0, new Fields().text(8, mechanism).text(9, first));
      stream.send(0x02, 0, new Fields().text(9, "c=biws,r=abcdefghijkl,p=AAAA"));
      assertThat(HostilePeer.end(stream))
          .isIn(HostilePeer.PROTOCOL_VIOLATION, HostilePeer.UNSUPPORTED, HostilePeer.LOGIN_REFUSED);
    }
  }

  @Test
  void loginBoundToAnotherCertificateIsRefused() throws Exception {
    try (IndependentStream stream = HostilePeer.stream(tls())) {
      stream.hello(served.instance, "sha-256-tree");
      assertThatThrownBy(() -> stream.login(ServedRoot.USER, ServedRoot.KEY, new byte[32]))
          .hasMessageStartingWith("5 (class 4)");
    }
  }

  @Test
  void plaintextIsNotSpoken() throws Exception {
    try (IndependentStream stream = HostilePeer.stream(served.connect())) {
      stream.write("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));
      assertThatThrownBy(stream::next).isInstanceOf(IOException.class);
    }
  }

  @Test
  void peerWithoutTheProtocolsNameIsRefused() throws Exception {
    for (String[] names : List.of(new String[0], new String[] {"h2", "http/1.1"})) {
      assertThatThrownBy(
              () -> {
                try (SSLSocket socket = shaken(names, "TLSv1.3")) {
                  new IndependentStream(socket).hello(served.instance, "sha-256-tree");
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void olderTlsIsRefused() {
    assertThatThrownBy(
            () -> {
              try (SSLSocket socket = shaken(new String[] {"waybill/1"}, "TLSv1.2")) {
                new IndependentStream(socket).hello(served.instance, "sha-256-tree");
              }
            })
        .isInstanceOf(IOException.class);
  }

  private SSLSocket shaken(String[] names, String version) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            IndependentStream.context(pin)
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), served.server.port());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(names);
    parameters.setProtocols(new String[] {version});
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Test
  void handshakesThatNeverEndAreEndedWithTheLogin() throws Exception {
    byte[] clientHelloBegins = Base64.getDecoder().decode("FgMBAgABAAH8AwM=");
    List<IndependentStream> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        IndependentStream stream = HostilePeer.stream(served.connect());
        slow.add(stream);
        if (i % 2 == 0) {
          stream.write(clientHelloBegins);
        }
      }
      long start = System.nanoTime();
      for (IndependentStream each : slow) {
        endOfBytes(each);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(14));
    } finally {
      for (IndependentStream each : slow) {
        each.close();
      }
    }
  }

  /** What comes may be an alert of TLS; then the connection has to end. */
  private static void endOfBytes(IndependentStream stream) throws IOException {
    stream.socket.setSoTimeout(15_000);
    try {
      assertThat(stream.socket.getInputStream().readAllBytes()).hasSizeLessThan(100);
    } catch (java.net.SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }
}
