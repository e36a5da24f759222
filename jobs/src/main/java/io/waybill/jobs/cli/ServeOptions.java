package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.transfer.tcp.access.CidrList;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.tls.ClientCertificates;
import io.waybill.transfer.tcp.tls.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a server proves who it is, and whom it lets in. */
final class ServeOptions {
  @Option(
      names = "--plaintext",
      description = "No TLS: files travel in clear, on loopback unless --listen says otherwise.")
  private boolean plaintext;

  @Option(
      names = "--certificate",
      paramLabel = "PEM",
      description = "The server's own certificate and chain; else one is made at the first start.")
  private @Nullable Path certificate;

  @Option(names = "--key", paramLabel = "PEM", description = "The certificate's key.")
  private @Nullable Path key;

  @Option(
      names = "--client-ca",
      paramLabel = "PEM",
      description =
          "Authorities of clients' certificates: whose CN is a user of the users file needs no key.")
  private @Nullable Path clientAuthorities;

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      description =
          "How fast the server may be, each way, all clients together: 10MiB/s, or by the time of day: \"08:00,512KiB/s 19:00,off\".")
  private @Nullable String rate;

  @Option(
      names = "--trusted-proxies",
      paramLabel = "CIDRS",
      description =
          "Balancers, whose connections begin with a PROXY protocol header, version 2: 10.0.0.0/8,::1")
  private @Nullable String proxies;

  @Option(
      names = "--keep-unfinished",
      paramLabel = "DURATION",
      description = "How long an unfinished file waits for its sender; 7d if not given.")
  private String keepUnfinished = "7d";

  /**
   * Returns by what the server is known; empty without TLS.
   *
   * @throws JobException.Configuration if it cannot be used or made
   */
  Optional<Identity> identity(StateDirectory state, InstantSource clock) {
    if ((certificate == null) != (key == null)) {
      throw new JobException.Configuration("--certificate and --key belong together: give both");
    }
    if (plaintext && certificate != null) {
      throw new JobException.Configuration("--plaintext and --certificate exclude each other");
    }
    if (plaintext) {
      return Optional.empty();
    }
    try {
      if (certificate != null && key != null) {
        return Optional.of(Identity.load(certificate, key));
      }
      state.create();
      return Optional.of(Identity.loadOrMake(state.serve(), "waybill", clock));
    } catch (IOException e) {
      throw new JobException.Configuration(
          "the server has no identity to show: " + e.getMessage(), e);
    }
  }

  /**
   * Reads blocks of addresses.
   *
   * @throws JobException.Configuration if they are none
   */
  static CidrList addresses(String option, String text) {
    try {
      return CidrList.parse(text);
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration(option + ": " + e.getMessage(), e);
    }
  }

  TransferServer.Builder builder(Path root, Optional<Identity> identity) {
    TransferServer.Builder server = TransferServer.builder(root);
    identity.ifPresentOrElse(server::identity, server::plaintext);
    server.rateLimit(CopyLinkOptions.rate("--rate", rate));
    if (proxies != null) {
      server.trustedProxies(addresses("--trusted-proxies", proxies));
    }
    Duration keep = CopyOptions.duration("--keep-unfinished", keepUnfinished);
    if (keep.isZero()) {
      throw new JobException.Configuration("--keep-unfinished must be above 0");
    }
    server.keepUnfinished(keep);
    Path authorities = clientAuthorities;
    if (authorities != null) {
      if (identity.isEmpty()) {
        throw new JobException.Configuration(
            "--client-ca needs TLS, which --plaintext turns off; leave one of them out");
      }
      try {
        server.clientCertificates(ClientCertificates.authorities(authorities, Set.of()));
      } catch (IOException e) {
        throw new JobException.Configuration("--client-ca cannot be used: " + e.getMessage(), e);
      }
    }
    return server;
  }
}
