package io.waybill.transfer.tcp.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsChannelIT {
  @TempDir Path directory;
  private Identity own;
  private Identity other;
  private SocketChannel near;
  private SocketChannel far;

  @BeforeEach
  void connect() throws IOException {
    own = Identity.loadOrMake(directory.resolve("own"), "alice", InstantSource.system());
    other = Identity.loadOrMake(directory.resolve("other"), "bob", InstantSource.system());
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      near = SocketChannel.open(listener.getLocalAddress());
      far = listener.accept();
    }
  }

  @AfterEach
  void disconnect() throws IOException {
    near.close();
    far.close();
  }

  private TlsChannel client(ServerTrust trust, @Nullable Identity mine, String host)
      throws IOException {
    return Tls.client(trust, mine).over(near, near, host, 4711);
  }

  private TlsChannel server(Identity mine, ClientCertificates clients) throws IOException {
    return Tls.server(mine, clients).over(far, far, "127.0.0.1", 4712);
  }

  private static CompletableFuture<Throwable> shake(TlsChannel channel) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            channel.handshake();
            return new Throwable("none");
          } catch (IOException e) {
            return e;
          }
        });
  }

  private TlsChannel[] pair() throws Exception {
    TlsChannel server = server(own, ClientCertificates.none());
    var done = shake(server);
    TlsChannel client = client(ServerTrust.pin(own.pin()), null, "localhost");
    client.handshake();
    assertThat(done.get(10, TimeUnit.SECONDS)).hasMessage("none");
    return new TlsChannel[] {client, server};
  }

  @Test
  void carriesAllSizesBothWaysAtOnce() throws Exception {
    TlsChannel[] ends = pair();
    byte[] sent = new byte[1 << 22];
    new Random(7).nextBytes(sent);
    var echo =
        CompletableFuture.runAsync(
            () -> {
              ByteBuffer buffer = ByteBuffer.allocateDirect(100_000);
              try {
                while (ends[1].read(buffer) >= 0) {
                  ends[1].write(buffer.flip());
                  buffer.clear();
                }
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    ByteBuffer out = ByteBuffer.wrap(sent);
    ByteBuffer in = ByteBuffer.allocate(sent.length);
    int[] sizes = {1, 16383, 16384, 16385, 1 << 17, 7};
    for (int i = 0; out.hasRemaining(); i++) {
      int size = Math.min(sizes[i % sizes.length], out.remaining());
      ByteBuffer[] parts = {
        out.slice(out.position(), size / 3), out.slice(out.position() + size / 3, size - size / 3)
      };
      assertThat(ends[0].write(parts)).isEqualTo(size);
      out.position(out.position() + size);
      int end = in.position() + size;
      while (in.position() < end) {
        in.limit(i % 2 == 0 ? end : Math.min(end, in.position() + 1000));
        ends[0].read(in);
      }
    }
    assertThat(in.array()).isEqualTo(sent);
    ends[0].close();
    echo.get(10, TimeUnit.SECONDS);
  }

  @Test
  void closeNotifyIsTheEndAndItsLackIsNot() throws Exception {
    TlsChannel[] ends = pair();
    near.shutdownOutput();
    assertThatThrownBy(() -> ends[1].read(ByteBuffer.allocate(10)))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("close_notify");
    disconnect();
    connect();
    TlsChannel[] again = pair();
    again[0].close();
    assertThat(again[1].read(ByteBuffer.allocate(10))).isEqualTo(-1);
  }

  @Test
  void closeFromAnotherThreadEndsABlockedRead() throws Exception {
    TlsChannel[] ends = pair();
    var reading =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return ends[0].read(ByteBuffer.allocate(10));
              } catch (IOException e) {
                return -2;
              }
            });
    ends[0].close();
    assertThat(reading.get(5, TimeUnit.SECONDS)).isEqualTo(-2);
  }

  @Test
  void bindingsAreTheSameAtBothEnds() throws Exception {
    TlsChannel[] ends = pair();
    assertThat(ends[0].channelBindings()).isEqualTo(ends[1].channelBindings()).isNotEmpty();
    for (BindingType type : ends[0].channelBindings()) {
      assertThat(ends[0].channelBinding(type)).hasSize(32).isEqualTo(ends[1].channelBinding(type));
    }
    assertThat(ends[0].channelBindings().contains(BindingType.TLS_EXPORTER))
        .isEqualTo(Runtime.version().feature() >= 25);
  }

  @Test
  void wrongServersAreRefusedWithWhatToDo() throws Exception {
    Path mine = directory.resolve("own/identity.pem");
    Path theirs = directory.resolve("other/identity.pem");
    refused(own, ServerTrust.pin(other.pin()), "localhost", other.pin().toString());
    refused(own, ServerTrust.authorities(theirs), "localhost", "do not vouch for");
    refused(own, ServerTrust.authorities(mine), "wrong.example", "not for the name wrong.example");
    KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
    Instant past = Instant.parse("2020-01-01T00:00:00Z");
    var old = SelfSigned.make(keys, "old", past, past.plusSeconds(9), new SecureRandom());
    refused(
        new Identity(keys.getPrivate(), List.of(old), mine),
        ServerTrust.authorities(mine),
        "localhost",
        "valid from 2020-01-01T00:00:00Z");
  }

  private void refused(Identity shown, ServerTrust trust, String host, String words)
      throws Exception {
    disconnect();
    connect();
    var server = shake(server(shown, ClientCertificates.none()));
    TlsChannel client = client(trust, null, host);
    assertThatThrownBy(client::handshake)
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining(words)
        .hasMessageContaining(host + ":4711");
    assertThat(server.get(10, TimeUnit.SECONDS)).isInstanceOf(TlsException.class);
  }

  @Test
  void clientCertificatesAreOptionalButMustBeGood() throws Exception {
    ClientCertificates clients =
        ClientCertificates.authorities(directory.resolve("own/identity.pem"), Set.of());
    for (@Nullable Identity shown : new @Nullable Identity[] {null, own, other}) {
      disconnect();
      connect();
      TlsChannel server = server(own, clients);
      var done = shake(server);
      TlsChannel client = client(ServerTrust.pin(own.pin()), shown, "localhost");
      client.handshake();
      Throwable said = done.get(10, TimeUnit.SECONDS);
      if (shown != null && shown.pin().equals(other.pin())) {
        assertThat(said).isInstanceOf(IdentityException.class);
        assertThatThrownBy(() -> client.read(ByteBuffer.allocate(1)))
            .isInstanceOf(TlsException.class)
            .hasMessageContaining("alert");
      } else {
        assertThat(said).hasMessage("none");
        assertThat(server.client().flatMap(ClientIdentity::commonName).orElse("nobody"))
            .isEqualTo(shown == null ? "nobody" : "alice");
      }
    }
  }

  @Test
  void plaintextPeerIsRefused() throws Exception {
    var done = shake(server(own, ClientCertificates.none()));
    near.write(ByteBuffer.wrap("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    assertThat(done.get(10, TimeUnit.SECONDS)).isInstanceOf(TlsException.class);
  }
}
