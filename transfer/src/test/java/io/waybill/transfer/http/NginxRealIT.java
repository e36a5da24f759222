package io.waybill.transfer.http;

import static io.waybill.transfer.http.HttpSandbox.file;
import static io.waybill.transfer.http.HttpSandbox.random;
import static io.waybill.transfer.http.HttpSandbox.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.testkit.Leaks;
import io.waybill.testkit.RealServers;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** nginx has strong ETags, ranges, index pages and a DAV without OPTIONS, but no digests. */
@Timeout(60)
class NginxRealIT {
  private static final int MIB = 1 << 20;
  private static final TransferOptions PARENTS =
      TransferOptions.builder().makeParents(true).build();

  @RegisterExtension
  static final RealServers SERVERS =
      RealServers.script(Path.of("src/test/servers/nginx.sh"))
          .needing("nginx", "openssl")
          .listeningOn("HTTP", "HTTPS");

  @TempDir Path local;
  @RegisterExtension final Leaks leaksHere = Leaks.watching(() -> local);
  @RegisterExtension final Leaks leaksThere = Leaks.watching(SERVERS::directory);
  private Path pub;
  private Path store;

  @BeforeEach
  void find() {
    pub = SERVERS.directory().resolve("pub");
    store = SERVERS.directory().resolve("store");
  }

  private static HttpSite.Builder site() {
    return HttpSite.builder()
        .host("127.0.0.1")
        .port(SERVERS.port("HTTP"))
        .https(false)
        .sleeper(duration -> {})
        .random(new Random(1));
  }

  private static FileTransfer connect() {
    return HttpTransfer.connect(site().build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "norange/", "json/"})
  void downloadsAUnicodeNameWithItsTime(String where) throws IOException {
    byte[] content = random(2, 2 * MIB + 5);
    Path source = file(pub.resolve("Übersicht 日報 [1] {2}+#%41.csv"), content);
    Path target = local.resolve("ziel");
    String remote = where + source.getFileName();
    try (FileTransfer http = connect()) {
      TransferReceipt receipt = http.download(remote, target);
      assertThat(receipt.verification()).isEqualTo(Verification.SIZE_MTIME);
      assertThat(receipt.digest()).contains(sha256(content));
      assertThat(http.download(remote, target).skippedBecauseEqual()).isTrue();
    }
    assertThat(target).hasBinaryContent(content);
    Files.delete(source);
  }

  @Test
  void listsItsIndexPagesInHtmlAndJson() throws IOException {
    Files.createDirectories(pub.resolve("tree/b c"));
    file(pub.resolve("tree/ä+#%41 :;.txt"), new byte[7]);
    file(pub.resolve("tree/b c/x"), new byte[3]);
    try (FileTransfer http = connect()) {
      assertThat(http.list("tree", true))
          .extracting(FileEntry::path, FileEntry::isFile, FileEntry::sizeBytes)
          .containsExactlyInAnyOrder(
              tuple("ä+#%41 :;.txt", true, FileEntry.UNKNOWN_SIZE),
              tuple("b c", false, FileEntry.UNKNOWN_SIZE),
              tuple("b c/x", true, FileEntry.UNKNOWN_SIZE));
      assertThat(http.list("json/tree", true))
          .extracting(FileEntry::path, FileEntry::isFile, FileEntry::sizeBytes)
          .containsExactlyInAnyOrder(
              tuple("ä+#%41 :;.txt", true, 7L),
              tuple("b c", false, FileEntry.UNKNOWN_SIZE),
              tuple("b c/x", true, 3L));
      assertThat(http.list("", false)).extracting(FileEntry::path).contains("tree");
      assertThat(http.stat("tree/ä+#%41 :;.txt").orElseThrow().sizeBytes()).isEqualTo(7);
      assertThatThrownBy(() -> http.list("noindex/tree", false))
          .isInstanceOf(TransferException.Refused.class);
    }
  }

  @Test
  void uploadIsMovedToItsNameWhenItIsWhole() throws IOException {
    byte[] content = random(3, 3 * MIB + 17);
    Path source = file(local.resolve("quelle"), content);
    try (FileTransfer http = connect()) {
      TransferReceipt receipt = http.upload(source, "up/tief er/größe 大.bin", PARENTS);
      assertThat(receipt.verification()).isEqualTo(Verification.SIZE);
      assertThat(receipt.digest()).contains(sha256(content));
      Files.writeString(source, "other");
      http.upload(source, "up/tief er/größe 大.bin");
      assertThatThrownBy(
              () ->
                  http.upload(
                      source,
                      "up/tief er/größe 大.bin",
                      TransferOptions.builder().targetPolicy(TargetPolicy.FAIL).build()))
          .isInstanceOf(TransferException.Refused.class);
    }
    assertThat(store.resolve("up/tief er/größe 大.bin")).hasContent("other");
    assertThat(store.resolve("up/tief er")).isDirectoryContaining(each -> true);
    try (var files = Files.list(store.resolve("up/tief er"))) {
      assertThat(files).hasSize(1);
    }
    assertThat(Files.readString(SERVERS.directory().resolve("access.log"))).contains("MOVE /up/");
  }

  @Test
  void uploadWithoutMoveGoesToItsNameAndIsReadBackIfAskedFor() throws IOException {
    Path source = file(local.resolve("quelle"), random(4, MIB));
    TransferOptions proven =
        TransferOptions.builder().makeParents(true).atLeast(Verification.DIGEST).build();
    try (FileTransfer http = connect()) {
      assertThat(http.upload(source, "put/new/a", proven).verification())
          .isEqualTo(Verification.READ_BACK);
      http.upload(file(local.resolve("leer"), new byte[0]), "put/leer");
    }
    assertThat(store.resolve("put/new/a")).hasSameBinaryContentAs(source);
    assertThat(store.resolve("put/leer")).isEmptyFile();
  }

  @Test
  void makesRenamesAndDeletes() throws IOException {
    Path source = file(local.resolve("quelle"), random(5, 1000));
    try (FileTransfer http = connect()) {
      http.mkdir("up/p/q");
      http.mkdir("up/p/q");
      http.upload(source, "up/p/x");
      http.rename("up/p/x", "up/p/q/y z");
      assertThat(store.resolve("up/p/q/y z")).hasSameBinaryContentAs(source);
      assertThatThrownBy(() -> http.delete("up/p"))
          .isInstanceOf(TransferException.Configuration.class);
      http.delete("up/p/q/y z");
      assertThatThrownBy(() -> http.delete("up/p/q/y z"))
          .isInstanceOf(TransferException.NotFound.class);
      assertThatThrownBy(() -> http.upload(source, "none/x"))
          .isInstanceOf(TransferException.Refused.class)
          .hasMessageContaining("PUT");
    }
    assertThat(store.resolve("up/p/q")).isEmptyDirectory();
  }

  @Test
  void loginIsTakenOrRefused() throws IOException {
    file(pub.resolve("secret"), new byte[5]);
    HttpLogin right = HttpLogin.basic(new Credentials("waybill-test", SERVERS::password));
    HttpLogin wrong = HttpLogin.basic(new Credentials("waybill-test", () -> "planted-pw"));
    try (FileTransfer http = HttpTransfer.connect(site().login(right).build())) {
      assertThat(http.download("private/secret", local.resolve("s")).bytes()).isEqualTo(5);
    }
    try (FileTransfer http = HttpTransfer.connect(site().login(wrong).build())) {
      assertThatThrownBy(() -> http.stat("private/secret"))
          .isInstanceOf(TransferException.Authentication.class)
          .hasMessageContaining("waybill-test")
          .hasMessageNotContaining("planted-pw");
    }
  }

  @Test
  void certificateOfAnAuthorityIsBelievedAndNoOther() throws IOException {
    byte[] content = random(6, MIB);
    file(pub.resolve("over-tls"), content);
    HttpSite.Builder site = site().https(true).port(SERVERS.port("HTTPS"));
    try (FileTransfer http = HttpTransfer.connect(site.build())) {
      assertThatThrownBy(() -> http.stat("over-tls"))
          .isInstanceOf(TransferException.Authentication.class);
    }
    ServerTrust trust = ServerTrust.authorities(SERVERS.directory().resolve("server.crt"));
    try (FileTransfer http = HttpTransfer.connect(site.trust(trust).build())) {
      TransferReceipt receipt = http.download("over-tls", local.resolve("t"));
      assertThat(receipt.digest()).contains(sha256(content));
      assertThat(receipt.tls().orElseThrow()).startsWith("TLSv1.3");
    }
  }

  @Test
  void plainTextWhereTlsIsSpokenAndTheOtherWayRoundAreSaid() {
    HttpSite.Builder clear = site().port(SERVERS.port("HTTPS"));
    HttpSite.Builder tls = site().https(true);
    try (FileTransfer http = HttpTransfer.connect(tls.build())) {
      assertThatThrownBy(() -> http.stat("x"))
          .isInstanceOf(TransferException.Protocol.class)
          .hasMessageContaining("TLS");
    }
    try (FileTransfer http = HttpTransfer.connect(clear.build())) {
      assertThatThrownBy(() -> http.stat("x")).isInstanceOf(TransferException.Refused.class);
    }
  }
}
