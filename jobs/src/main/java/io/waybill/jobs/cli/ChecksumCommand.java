package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.step.Checksums;
import io.waybill.jobs.step.Place;
import io.waybill.jobs.step.PlaceFiles;
import io.waybill.jobs.step.SidecarComparison;
import io.waybill.transfer.Digest;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill checksum LOCATION...}: what {@code sha256sum} does, for files of any place. */
@Command(
    name = "checksum",
    description = {
      "Prints the digests of files, or of all files of directories, as sha256sum does; --check compares files with what a sidecar says.",
      "A server that computes digests is asked; from any other, files are fetched and not kept."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ChecksumCommand extends PlaceVerb {
  static final String SCHEMA = "waybill.checksum/1";
  static final String LIST_SCHEMA = "waybill.checksums/1";

  @Parameters(
      arity = "1..*",
      paramLabel = "LOCATION...",
      hideParamSyntax = true,
      description = "Files or directories; with --check, sidecars such as SHA256SUMS or x.sha256.")
  private List<String> locations;

  @Option(
      names = "--algorithm",
      paramLabel = "NAME",
      description = "sha-512, sha-256, sha-1 or md5. Default: sha-256.")
  private String algorithm = "sha-256";

  @Option(
      names = "--write",
      description =
          "Write a sidecar, too: x.sha256 beside a file x, SHA256SUMS in a directory, for sha-256.")
  private boolean write;

  @Option(
      names = "--check",
      description = "Compare the files that these sidecars tell of; changes nothing.")
  private boolean check;

  @Override
  ExitCode execute(PlaceFiles files) {
    if (check && write) {
      throw new JobException.Configuration("--check and --write: use one of them");
    }
    Digest.Algorithm chosen =
        CopySidecarOptions.algorithm("--algorithm", algorithm.toLowerCase(Locale.ROOT));
    ChecksumReport report = new ChecksumReport(output());
    for (String each : locations) {
      Place place = place(each);
      if (check) {
        new SidecarComparison(files, report).run(place);
      } else {
        new Checksums(files, chosen, write, report).run(place);
      }
    }
    return report.end();
  }
}
