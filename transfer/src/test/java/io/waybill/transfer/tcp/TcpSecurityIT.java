package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.tcp.server.ServerUser;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.server.UsersFile;
import io.waybill.transfer.tcp.tls.ClientCertificates;
import io.waybill.transfer.tcp.tls.Identity;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who believes whom over TLS, who is let in, and what either is told. */
@Timeout(120)
class TcpSecurityIT {
  private static final String KEY_BLOCK =
      "(?s)-----BEGIN PRIVATE KEY-----.*?END PRIVATE KEY-----\n";
  private static final int SIZE = 12_000_000;
  private static final Class<? extends TransferException> AUTHENTICATION =
      TransferException.Authentication.class;

  @TempDir Path directory;
  private Path root;
  private Identity own;
  private Identity other;

  @BeforeEach
  void prepare() throws IOException {
    root = Files.createDirectories(directory.resolve("served"));
    own = identity("own", "localhost");
    other = identity("other", "mover");
  }

  private Identity identity(String place, String name) throws IOException {
    return Identity.loadOrMake(directory.resolve(place), name, InstantSource.system());
  }

  private static WaybillServer.Builder to(String host, int port) {
    return WaybillServer.builder(host, port).backoff(TcpFixture.quick(5));
  }

  private static WaybillServer.Builder to(int port) {
    return to("127.0.0.1", port);
  }

  private static Credentials login(String user, String key) {
    return new Credentials(user, () -> key);
  }

  private WaybillServer.Builder pinned(int port) {
    return to(port).trust(ServerTrust.pin(own.pin())).credentials(login("u", "k"));
  }

  private WaybillServer.Builder certified(int port, Identity shown) {
    return to(port).trust(ServerTrust.pin(own.pin())).identity(shown);
  }

  private TransferServer.Builder served() {
    return TransferServer.builder(root).identity(own);
  }

  /** Refused, with these words, over a single connection. */
  private static void refused(
      CuttingProxy proxy,
      WaybillServer client,
      Class<? extends TransferException> type,
      String... words) {
    int before = proxy.connections.get();
    assertThatExceptionOfType(type)
        .isThrownBy(() -> TcpTransfer.connect(client).close())
        .satisfies(e -> assertThat(e).hasMessageContainingAll(words))
        .withMessageContaining(":" + proxy.port())
        .withMessageNotContaining("tried");
    assertThat(proxy.connections.get()).as("connections").isEqualTo(before + 1);
  }

  @Test
  void filesAndTreesTravelAndResumeUnderAPin() throws IOException {
    try (TcpFixture fixture = TcpFixture.secured(directory.resolve("whole"));
        CuttingProxy proxy = new CuttingProxy(fixture.server.port());
        TcpTransfer transfer =
            TcpTransfer.connect(fixture.client(proxy.port()).streams(2).build())) {
      Path source = fixture.file("a.bin", SIZE);
      Path back = fixture.local.resolve("back.bin");
      transfer.upload(source, "a.bin");
      assertThat(fixture.root.resolve("a.bin")).hasSameBinaryContentAs(source);
      assertThat(proxy.connections).as("the second stream joins by a ticket").hasValue(2);
      transfer.download("a.bin", back);
      assertThat(back).hasSameBinaryContentAs(source);

      Path tree = Files.createDirectories(fixture.local.resolve("tree/deep/er"));
      Files.writeString(tree.resolve("x"), "x");
      Files.copy(source, fixture.local.resolve("tree/big.bin"));
      transfer.uploadTree(fixture.local.resolve("tree"), "tree", TreeOptions.defaults());
      Path down = fixture.local.resolve("down");
      assertThat(transfer.downloadTree("tree", down, TreeOptions.defaults()).isComplete()).isTrue();
      assertThat(down.resolve("deep/er/x")).hasContent("x");
      assertThat(down.resolve("big.bin")).hasSameBinaryContentAs(source);
    }
  }

  @Test
  void anUploadThatIsCutGoesOn() throws IOException {
    try (TcpFixture fixture = TcpFixture.secured(directory.resolve("whole"));
        CuttingProxy proxy = new CuttingProxy(fixture.server.port());
        TcpTransfer transfer =
            TcpTransfer.connect(fixture.client(proxy.port()).streams(1).build())) {
      Path source = fixture.file("a.bin", SIZE);
      proxy.cutAfterToServer.set(9_000_000);
      TransferReceipt receipt = transfer.upload(source, "a.bin");
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.bytesResumed()).isPositive();
      assertThat(fixture.root.resolve("a.bin")).hasSameBinaryContentAs(source);
    }
  }

  @Test
  void serversThatAreNotTheRightOneAreRefusedOnce() throws IOException {
    Path authority = directory.resolve("own/identity.pem");
    Path another = directory.resolve("other/identity.pem");
    try (TransferServer server = served().user("u", () -> "k").build().start();
        CuttingProxy proxy = new CuttingProxy(server.port())) {
      int port = proxy.port();
      Credentials login = login("u", "k");
      TcpTransfer.connect(pinned(port).build()).close();
      TcpTransfer.connect(
              to("localhost", port)
                  .trust(ServerTrust.authorities(authority))
                  .credentials(login)
                  .build())
          .close();
      refused(
          proxy,
          to(port).trust(ServerTrust.pin(other.pin())).credentials(login).build(),
          AUTHENTICATION,
          "shows the key " + own.pin(),
          "the pin says " + other.pin(),
          "replace the old one");
      refused(
          proxy,
          to(port).trust(ServerTrust.authorities(another)).credentials(login).build(),
          AUTHENTICATION,
          "key " + own.pin(),
          another + " do not vouch for",
          "issued by itself, valid until ",
          "--pin sha-256:...",
          "--ca FILE");
      refused(
          proxy,
          to(port).credentials(login).build(),
          AUTHENTICATION,
          "the authorities that Java trusts do not vouch for; if it is the right server");
      refused(
          proxy,
          to("wrong.example", port)
              .resolver(name -> new InetAddress[] {InetAddress.getLoopbackAddress()})
              .trust(ServerTrust.authorities(authority))
              .credentials(login)
              .build(),
          AUTHENTICATION,
          "CN=localhost",
          "not for the name wrong.example",
          "use a name that the certificate has");
    }
  }

  @Test
  void anExpiredCertificateIsRefusedAndSaysSinceWhen() throws IOException {
    InstantSource then = InstantSource.fixed(Instant.parse("2005-01-01T00:00:00Z"));
    Identity old = Identity.loadOrMake(directory.resolve("old"), "localhost", then);
    try (TransferServer server =
            TransferServer.builder(root).identity(old).user("u", () -> "k").build().start();
        CuttingProxy proxy = new CuttingProxy(server.port())) {
      refused(
          proxy,
          to(proxy.port())
              .trust(ServerTrust.authorities(directory.resolve("old/identity.pem")))
              .credentials(login("u", "k"))
              .build(),
          AUTHENTICATION,
          "to 2014-12-31T00:00:00Z only",
          "has to renew it");
    }
  }

  @Test
  void aWrongKeyAndAnUnknownUserAreRefusedInTheSameWords() throws IOException {
    try (TransferServer server = served().user("u", () -> "k").build().start();
        CuttingProxy proxy = new CuttingProxy(server.port())) {
      String words = "user or key is wrong; check both at client and server";
      refused(
          proxy, pinned(proxy.port()).credentials(login("u", "no")).build(), AUTHENTICATION, words);
      refused(
          proxy, pinned(proxy.port()).credentials(login("x", "k")).build(), AUTHENTICATION, words);
    }
  }

  @Test
  void plaintextAndTlsTellEachOtherApartAtOnce() throws IOException {
    try (TransferServer tls = served().user("u", () -> "k").build().start();
        TransferServer plain =
            TransferServer.builder(root).plaintext().user("u", () -> "k").build().start();
        CuttingProxy toTls = new CuttingProxy(tls.port());
        CuttingProxy toPlain = new CuttingProxy(plain.port())) {
      TcpTransfer.connect(pinned(toTls.port()).build()).close(); // classes are loaded now
      long begun = System.nanoTime();
      refused(
          toTls,
          to(toTls.port()).plaintext().credentials(login("u", "k")).build(),
          TransferException.Protocol.class,
          "speaks plaintext where TLS is expected",
          "give it the server's pin or authority");
      refused(
          toPlain,
          pinned(toPlain.port()).build(),
          TransferException.Protocol.class,
          "speaks plaintext where TLS is expected",
          "set both ends to the same");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
    }
  }

  @Test
  void certificatesLogInByPinAlsoOfUsersAddedLater() throws IOException {
    UsersFile users = new UsersFile(directory.resolve("users"));
    users.put("u", "k", ".");
    Identity foreign = identity("foreign", "foreign");
    try (TransferServer server = served().users(users).build().start();
        CuttingProxy proxy = new CuttingProxy(server.port())) {
      TcpTransfer.connect(pinned(proxy.port()).build()).close();
      users.put(ServerUser.builder("mover").build(), other.pin());
      try (TcpTransfer transfer = TcpTransfer.connect(certified(proxy.port(), other).build())) {
        transfer.mkdir("by-certificate");
      }
      assertThat(root.resolve("by-certificate")).isDirectory();
      WaybillServer named =
          to(proxy.port()).trust(ServerTrust.pin(own.pin())).identity(other, "mover").build();
      try (TcpTransfer transfer = TcpTransfer.connect(named)) {
        assertThat(transfer.terms().user()).isEqualTo("mover");
      }
      refused(
          proxy,
          to(proxy.port()).trust(ServerTrust.pin(own.pin())).identity(other, "u").build(),
          AUTHENTICATION,
          "login of u",
          "not that user's");
      refused(
          proxy,
          certified(proxy.port(), foreign).build(),
          AUTHENTICATION,
          "refused this client's certificate",
          "key " + foreign.pin(),
          "issued by itself, valid until ",
          "must be a user's pin there");
      TcpTransfer.connect(certified(proxy.port(), other).build()).close();
    }
  }

  @Test
  void aCertificateIsRefusedWithItsKeyAlsoWhereNobodyHasOne() throws IOException {
    Identity stranger =
        Identity.loadOrMake(directory.resolve("stranger"), "c", InstantSource.system());
    Identity own = Identity.loadOrMake(directory.resolve("o"), "o", InstantSource.system());
    try (TransferServer server =
        TransferServer.builder(root).identity(own).user("u", () -> "k").build().start()) {
      assertThatExceptionOfType(TransferException.Authentication.class)
          .isThrownBy(
              () ->
                  TcpTransfer.connect(
                      WaybillServer.builder("127.0.0.1", server.port())
                          .trust(ServerTrust.pin(own.pin()))
                          .identity(stranger, "c")
                          .backoff(TcpFixture.quick(1))
                          .build()))
          .withMessageContaining(stranger.pin().toString())
          .withMessageContaining("none of its users has one")
          .withMessageContaining("serve user add");
    }
  }

  @Test
  void certificatesOfAnAuthorityLogInByTheirName() throws IOException {
    UsersFile users = new UsersFile(directory.resolve("users"));
    Files.writeString(directory.resolve("users"), "");
    Files.setPosixFilePermissions(
        directory.resolve("users"), PosixFilePermissions.fromString("rw-------"));
    users.putCertified(ServerUser.builder("mover").build());
    Identity foreign = identity("foreign", "mover"); // the name alone does not help
    Path vouched = directory.resolve("vouched.pem");
    Files.writeString(
        vouched,
        Files.readString(directory.resolve("other/identity.pem")).replaceAll(KEY_BLOCK, "")
            + Files.readString(directory.resolve("own/identity.pem")).replaceAll(KEY_BLOCK, ""));
    try (TransferServer server =
            served()
                .users(users)
                .clientCertificates(ClientCertificates.authorities(vouched, Set.of()))
                .build()
                .start();
        CuttingProxy proxy = new CuttingProxy(server.port())) {
      TcpTransfer.connect(certified(proxy.port(), other).build()).close();
      refused(
          proxy,
          certified(proxy.port(), foreign).build(),
          AUTHENTICATION,
          "refused this client's certificate",
          "key " + foreign.pin());
      refused( // vouched for, but nobody here
          proxy,
          certified(proxy.port(), own).build(),
          AUTHENTICATION,
          "the certificate is no user's");
    }
  }

  @Test
  void aSecondStartKeepsTheIdentity() throws IOException {
    for (int i = 0; i < 2; i++) {
      try (TransferServer server =
          TransferServer.builder(root)
              .identity(identity("own", "renamed" + i))
              .user("u", () -> "k")
              .build()
              .start()) {
        TcpTransfer.connect(pinned(server.port()).build()).close();
      }
    }
  }
}
