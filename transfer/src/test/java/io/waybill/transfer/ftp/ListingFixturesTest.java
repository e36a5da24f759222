package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.FileEntry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Listings of many systems, in files beside this test: each line with what is read from it. */
class ListingFixturesTest {
  static Stream<String> systems() {
    return Stream.of(
        "unix",
        "eplf",
        "windows",
        "windows-unix-style",
        "vms",
        "mvs",
        "mvs-members",
        "os400",
        "netware",
        "os2",
        "macos-peter",
        "unknown",
        "mlsd");
  }

  @ParameterizedTest
  @MethodSource("systems")
  void everyLineIsReadAsItIsMeant(String system) throws IOException {
    List<String> lines = new ArrayList<>(lines(system));
    String named = lines.remove(0).substring("SYST ".length());
    ListingReader reader =
        system.equals("mlsd") ? ListingParser::machineLine : SystemParsers.forSystem(named);
    List<String> pending = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("<")) {
        pending.add(line.substring(1));
      } else {
        check(reader, pending, line.substring(1));
        pending.clear();
      }
    }
    assertThat(pending).isEmpty();
    reader.end();
  }

  private static void check(ListingReader reader, List<String> pending, String expected)
      throws IOException {
    String last = pending.remove(pending.size() - 1);
    for (String line : pending) {
      assertThat(reader.line(line)).as(line).isEmpty();
    }
    if (expected.equals("error")) {
      assertThatThrownBy(() -> reader.line(last)).as(last).isInstanceOf(FtpProtocolException.class);
      return;
    }
    Optional<FileEntry> read = reader.line(last);
    assertThat(
            read.map(each -> each.kind() + " " + each.sizeBytes() + " " + each.path())
                .orElse("none"))
        .as(last)
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0640", "640", "100640"})
  void modeIsTold(String mode) throws IOException {
    assertThat(ListingParser.machineLine("type=file;size=1;UNIX.mode=" + mode + "; x"))
        .hasValueSatisfying(each -> assertThat(each.mode()).isEqualTo(OptionalInt.of(0640)));
  }

  @Test
  void modeThatIsNoneIsNotTold() throws IOException {
    assertThat(ListingParser.machineLine("type=file;size=1;UNIX.mode=rw; x"))
        .hasValueSatisfying(each -> assertThat(each.mode()).isEmpty());
  }

  @Test
  void entryThatIsCutOffIsAnError() throws IOException {
    ListingReader vms = SystemParsers.forSystem("VMS");
    assertThat(vms.line("LONG_NAME.TXT;1")).isEmpty();
    assertThatThrownBy(vms::end).isInstanceOf(FtpProtocolException.class);
  }

  private static List<String> lines(String system) throws IOException {
    try (InputStream in =
        ListingFixturesTest.class.getResourceAsStream("listings/" + system + ".txt")) {
      assertThat(in).as(system).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(each -> !each.startsWith("#"))
          .toList();
    }
  }
}
