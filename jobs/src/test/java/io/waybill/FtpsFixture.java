package io.waybill;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ftpserver.FtpServer;
import org.apache.ftpserver.FtpServerFactory;
import org.apache.ftpserver.ftplet.FtpException;
import org.apache.ftpserver.listener.Listener;
import org.apache.ftpserver.listener.ListenerFactory;
import org.apache.ftpserver.ssl.SslConfigurationFactory;
import org.apache.ftpserver.usermanager.impl.BaseUser;
import org.apache.ftpserver.usermanager.impl.WritePermission;

/** An Apache FtpServer in this process with explicit TLS, and one user. */
final class FtpsFixture implements AutoCloseable {
  static final String USER = "partner";
  private static final String STORE_PASSWORD = "changeit";

  private final FtpServer server;
  private final Listener listener;

  private FtpsFixture(FtpServer server, Listener listener) {
    this.server = server;
    this.listener = listener;
  }

  /** Starts one with the key of {@link #key}. */
  static FtpsFixture start(Path home, Path key, String password) throws FtpException {
    SslConfigurationFactory tls = new SslConfigurationFactory();
    tls.setKeystoreFile(key.toFile());
    tls.setKeystoreType("PKCS12");
    tls.setKeystorePassword(STORE_PASSWORD);
    ListenerFactory listening = new ListenerFactory();
    listening.setPort(0);
    listening.setServerAddress("127.0.0.1");
    listening.setSslConfiguration(tls.createSslConfiguration());
    Listener listener = listening.createListener();
    BaseUser user = new BaseUser();
    user.setName(USER);
    user.setPassword(password);
    user.setHomeDirectory(home.toString());
    user.setAuthorities(List.of(new WritePermission()));
    FtpServerFactory factory = new FtpServerFactory();
    factory.addListener("default", listener);
    factory.getUserManager().save(user);
    FtpServer server = factory.createServer();
    server.start();
    return new FtpsFixture(server, listener);
  }

  int port() {
    return listener.getPort();
  }

  /**
   * Makes a key and a certificate that vouches for itself for 365 days; the certificate is written
   * beside it, to {@code NAME.pem}.
   *
   * @param san a subject alternative name, as keytool has it
   * @param startDays when it begins, in days from now
   */
  static Path key(Path directory, String name, String san, int startDays) throws Exception {
    Path store = directory.resolve(name + ".p12");
    String arguments =
        "-genkeypair -keyalg EC -groupname secp256r1 -dname CN=%s -ext %s -startdate %+dd -validity 365"
            .formatted(name, san, startDays);
    keytool(store, name, arguments);
    keytool(store, name, "-exportcert -rfc -file " + directory.resolve(name + ".pem"));
    return store;
  }

  private static void keytool(Path store, String alias, String arguments) throws Exception {
    String line =
        "%s %s -alias %s -storetype PKCS12 -keystore %s -storepass %s"
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "keytool"),
                arguments,
                alias,
                store,
                STORE_PASSWORD);
    Process process = new ProcessBuilder(line.split(" ")).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("keytool: " + said);
    }
  }

  @Override
  public void close() {
    server.stop();
  }
}
