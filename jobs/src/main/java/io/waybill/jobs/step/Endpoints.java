package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.HostKeys;
import io.waybill.jobs.Connection.SshLogin;
import io.waybill.jobs.Connection.WebLogin;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.ftp.FtpServer;
import io.waybill.transfer.ftp.FtpTransfer;
import io.waybill.transfer.ftp.Protection;
import io.waybill.transfer.http.HttpLogin;
import io.waybill.transfer.http.HttpSite;
import io.waybill.transfer.http.HttpTransfer;
import io.waybill.transfer.remote.RemoteTerms;
import io.waybill.transfer.sftp.HostKeyTrust;
import io.waybill.transfer.sftp.SftpServer;
import io.waybill.transfer.sftp.SftpTransfer;
import io.waybill.transfer.tcp.TcpTransfer;
import io.waybill.transfer.tcp.WaybillServer;
import java.io.IOException;
import java.util.function.Consumer;

/** Opens a session to a connection that holds files. */
final class Endpoints {
  private Endpoints() {}

  static FileTransfer connect(
      Connection connection, StepServices services, CancelScope scope, LinkOptions link) {
    Line line = new Line(connection, services, scope, link);
    if (connection instanceof Connection.Ftp ftp) {
      return FtpTransfer.connect(line.of(server(ftp)).build());
    }
    if (connection instanceof Connection.Sftp sftp) {
      return SftpTransfer.connect(server(sftp, services, scope, link));
    }
    if (connection instanceof Connection.Web web) {
      return HttpTransfer.connect(site(web, line, site -> {}));
    }
    if (connection instanceof Connection.Hub hub) {
      return TcpTransfer.connect(server(hub, services, scope, link));
    }
    throw new JobException.Configuration(
        "connection \"" + connection.name() + "\" is for mail and holds no files");
  }

  /** How a connection is used, by what was said of it and of this copy. */
  private record Line(
      Connection connection, StepServices services, CancelScope scope, LinkOptions link) {
    <B extends RemoteTerms.Builder<B>> B of(B builder) {
      Way way = Way.of(connection, services.sockets().apply(scope));
      way.proxy().ifPresent(builder::proxy);
      connection.line().mostSessions().ifPresent(builder::maxSessions);
      return builder
          .socketFactory(way.sockets())
          .tap(services.tap())
          .partPattern(link.parts(connection))
          .rateLimit(link.rate(connection))
          .sharedRate(services.rate());
    }
  }

  static SftpServer server(
      Connection.Sftp sftp, StepServices services, CancelScope scope, LinkOptions link) {
    return new Line(sftp, services, scope, link).of(server(sftp)).build();
  }

  private static SftpServer.Builder server(Connection.Sftp sftp) {
    SftpServer.Builder server =
        SftpServer.builder().host(sftp.host()).port(sftp.port()).user(sftp.user());
    if (sftp.login() instanceof SshLogin.Password login) {
      server.credentials(new Credentials(sftp.user(), login.password()));
    } else if (sftp.login() instanceof SshLogin.Key login) {
      login
          .passphrase()
          .ifPresentOrElse(
              secret -> server.privateKey(login.file(), secret),
              () -> server.privateKey(login.file()));
    } else if (sftp.login() instanceof SshLogin.Agent login) {
      server.agent(login.socket());
    }
    return server.trust(trust(sftp.hostKeys()));
  }

  private static HostKeyTrust trust(HostKeys keys) {
    if (keys instanceof HostKeys.Pinned pinned) {
      return HostKeyTrust.pinned(pinned.pins().toArray(String[]::new));
    }
    HostKeys.Known known = (HostKeys.Known) keys;
    HostKeyTrust trust =
        known.file().map(HostKeyTrust::knownHosts).orElseGet(HostKeyTrust::userKnownHosts);
    return known.acceptsNew() ? trust.acceptingNew() : trust;
  }

  /**
   * Describes a web server to whoever sends single requests.
   *
   * @param patience sets how long it is waited for
   */
  static HttpSite site(
      Connection.Web web,
      StepServices services,
      CancelScope scope,
      Consumer<HttpSite.Builder> patience) {
    return site(web, new Line(web, services, scope, LinkOptions.USUAL), patience);
  }

  private static HttpSite site(Connection.Web web, Line line, Consumer<HttpSite.Builder> patience) {
    boolean isTls = !(web.trust() instanceof Connection.Trust.Plaintext);
    HttpSite.Builder site =
        line.of(HttpSite.builder())
            .host(web.host())
            .port(web.port())
            .https(isTls)
            .loginInTheClear(web.isClearAllowed());
    patience.accept(site);
    web.login()
        .ifPresent(
            login ->
                site.login(
                    login instanceof WebLogin.Basic basic
                        ? HttpLogin.basic(new Credentials(basic.user(), basic.password()))
                        : HttpLogin.bearer(((WebLogin.Bearer) login).token())));
    try {
      if (isTls) {
        site.trust(Trusts.of(web.trust()));
      }
      return site.build();
    } catch (IOException e) {
      throw new JobException.Configuration(
          "a PEM file for " + web.name() + " cannot be used: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration(web.name() + ": " + e.getMessage(), e);
    }
  }

  private static FtpServer.Builder server(Connection.Ftp ftp) {
    FtpServer.Builder server =
        FtpServer.builder()
            .host(ftp.host())
            .port(ftp.port())
            .credentials(new Credentials(ftp.user(), ftp.password()))
            .protection(
                switch (ftp.tls()) {
                  case IMPLICIT -> Protection.IMPLICIT;
                  case STARTTLS -> Protection.EXPLICIT;
                  case OFF -> Protection.NONE;
                });
    if (ftp.tls() != Connection.Tls.OFF) {
      try {
        server.trust(Trusts.of(ftp.trust()));
      } catch (IOException e) {
        throw new JobException.Configuration(
            "a PEM file for " + ftp.name() + " cannot be used: " + e.getMessage(), e);
      }
    }
    return server;
  }

  static WaybillServer server(
      Connection.Hub hub, StepServices services, CancelScope scope, LinkOptions link) {
    WaybillServer.Builder server =
        HubServers.of(hub, services.sockets().apply(scope))
            .tap(services.tap())
            .balance(link.balance())
            .rateLimit(link.rate(hub))
            .sharedRate(services.rate())
            .streams(link.streams())
            .retries(link.retries());
    link.routes().ifPresent(server::routeMemory);
    return server.build();
  }
}
