package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.commons.net.ftp.FTPFileEntryParser;
import org.apache.commons.net.ftp.parser.DefaultFTPFileEntryParserFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FtpPartsTest {
  private static final FTPFileEntryParser UNIX =
      new DefaultFTPFileEntryParserFactory().createFileEntryParser("UNIX Type: L8");

  @Test
  void machineListingIsRead() throws IOException {
    assertThat(ListingParser.machineLine("Type=file;SIZE=12;modify=20240229235958.5; a; b=c größe"))
        .contains(
            new FileEntry(
                "a; b=c größe",
                FileEntry.Kind.FILE,
                12,
                Optional.of(Instant.parse("2024-02-29T23:59:58.5Z"))));
    assertThat(ListingParser.machineLine("type=cdir;modify=20240101000000; /home")).isEmpty();
    assertThat(ListingParser.machineLine("type=OS.unix=slink:/etc;size=3; link"))
        .hasValueSatisfying(entry -> assertThat(entry.kind()).isEqualTo(FileEntry.Kind.LINK));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "type=file;size=1; ../../../etc/passwd",
        "type=file;size=1; a/b",
        "type=file;size=1; a\0b",
        "type=file;size=9223372036854775808; big",
        "type=file;size=-1; x",
        "type=file;size=1;modify=20241301000000; x",
        "type=file;size=1;modify=2024; x",
        "size=1; no-type",
        "type=file;size=1; "
      })
  void hostileMachineListingIsAnError(String line) {
    assertThatThrownBy(() -> ListingParser.machineLine(line))
        .isInstanceOf(FtpProtocolException.class);
  }

  @Test
  void unixListingIsRead() throws IOException {
    assertThat(ListingParser.listLine("-rw-r--r-- 1 u g 1234 Jan 02 03:04 a file.txt", UNIX))
        .contains(new FileEntry("a file.txt", FileEntry.Kind.FILE, 1234, Optional.empty()));
    assertThat(ListingParser.listLine("total 12", UNIX)).isEmpty();
    assertThat(ListingParser.listLine("drwxr-xr-x 2 u g 4096 Jan 02 2024 .", UNIX)).isEmpty();
    assertThat(ListingParser.listLine("lrwxrwxrwx 1 u g 4 Jan 02 2024 l -> /etc", UNIX))
        .hasValueSatisfying(entry -> assertThat(entry.kind()).isEqualTo(FileEntry.Kind.LINK));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-rw-r--r-- 1 u g 1234 Jan 02 2024 ../../../etc/passwd",
        "ls: cannot open directory: Permission denied",
        "<html>"
      })
  void hostileUnixListingIsAnError(String line) {
    assertThatThrownBy(() -> ListingParser.listLine(line, UNIX))
        .isInstanceOf(FtpProtocolException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HASH SHA-1;SHA-256*;MD5 | HASH | SHA_256",
        "HASH CRC32;MD5 | HASH | MD5",
        "XMD5 | XMD5 | MD5",
        "xsha256 | XSHA256 | SHA_256",
        "MD5 | MD5 | MD5"
      })
  void strongestHashIsChosen(String feature, String verb, Digest.Algorithm algorithm) {
    Features features = new Features(List.of("211-Features", " " + feature, "211 End"));
    assertThat(features.hash()).contains(new Features.RemoteHash(algorithm, verb));
  }

  @Test
  void restartNeedsStream() {
    assertThat(new Features(List.of(" REST STREAM")).canRestart()).isTrue();
    assertThat(new Features(List.of(" REST")).canRestart()).isFalse();
    assertThat(new Features(List.of("211 no REST STREAM")).canRestart()).isFalse();
    assertThat(new Features(List.of()).hash()).isEmpty();
  }

  @Test
  void failuresAreClassified() {
    FtpFailures failures = new FtpFailures(server().build());
    assertThat(failures.translate("x", new FtpReplyException("LOGIN", 530, "530 no")))
        .isInstanceOf(TransferException.Authentication.class);
    assertThat(failures.translate("x", new FtpReplyException("LOGIN", 421, "421 busy")))
        .isInstanceOf(TransferException.Connection.class);
    assertThat(failures.translate("x", new FtpReplyException("RETR", 550, "550 no")))
        .isInstanceOf(TransferException.NotFound.class);
    assertThat(failures.translate("x", new FtpReplyException("STOR", 550, "550 no")))
        .isInstanceOf(TransferException.Refused.class);
    assertThat(
            failures.translate("x", new FtpReplyException("STOR", 452, "452 full")).isTransient())
        .isTrue();
    assertThat(failures.translate("x", new SocketTimeoutException()))
        .isInstanceOf(TransferException.Timeout.class);
    assertThat(failures.translate("x", new UnknownHostException("h")))
        .hasMessageContaining("Unknown host");
    assertThat(failures.translate("x", new FtpProtocolException("bad")))
        .isInstanceOf(TransferException.Protocol.class);
  }

  @Test
  void settingsShowNoSecretAndCheckTheirRanges() {
    assertThat(server().build().toString()).doesNotContain("planted").doesNotContain("user");
    assertThatThrownBy(() -> server().port(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> server().replyTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static FtpServer.Builder server() {
    return FtpServer.builder().host("h").credentials(new Credentials("user", () -> "planted"));
  }
}
