package io.waybill.transfer.independent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.transfer.independent.IndependentFrame.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** One connection: TLS if asked for, HELLO, login; then frames with a number and a credit. */
final class IndependentStream implements AutoCloseable {
  static final int HELLO = 0x01;
  static final int AUTH = 0x02;
  static final int ERROR = 0x03;
  static final int KEEPALIVE = 0x04;
  private static final int CREDIT = 8 << 20;

  /** What the server said with ERROR. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1;
    final long id;
    final long code;

    Refused(IndependentFrame error) throws IOException {
      super(error.number(16) + " (class " + error.number(17) + "): " + error.text(19));
      id = error.id;
      code = error.number(16);
    }
  }

  final Socket socket;
  private final InputStream in;
  int number;
  long credit;
  int chunkLimit;
  List<String> capabilities = List.of();

  IndependentStream(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(60_000);
    socket.setTcpNoDelay(true);
    in = socket.getInputStream();
  }

  static Socket plain(int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  /** Connects with TLS 1.3 and ALPN to the server with this pin. */
  static Socket tls(int port, String pin) throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, new TrustManager[] {pinned(pin)}, null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    parameters.setApplicationProtocols(new String[] {"waybill/1"});
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    if (!"waybill/1".equals(socket.getApplicationProtocol())) {
      socket.close();
      throw new IOException("the server does not speak waybill/1");
    }
    return socket;
  }

  static SSLContext context(String pin) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {pinned(pin)}, null);
    return context;
  }

  private static X509TrustManager pinned(String pin) {
    return new X509TrustManager() {
      @Override
      public void checkClientTrusted(X509Certificate[] chain, String type)
          throws CertificateException {
        throw new CertificateException("clients are not checked here");
      }

      @Override
      public void checkServerTrusted(X509Certificate[] chain, String type)
          throws CertificateException {
        try {
          if (!pin.equals(pinOf(chain[0]))) {
            throw new CertificateException("the server has another pin: " + pinOf(chain[0]));
          }
        } catch (GeneralSecurityException e) {
          throw new CertificateException(e);
        }
      }

      @Override
      public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
      }
    };
  }

  static String pinOf(X509Certificate certificate) throws GeneralSecurityException {
    byte[] sum =
        MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded());
    return "sha-256:" + Base64.getUrlEncoder().withoutPadding().encodeToString(sum);
  }

  /** RFC 5929 4.1: the certificate's own hash algorithm, SHA-256 instead of weaker ones. */
  private static byte[] endPoint(SSLSocket socket) throws IOException, GeneralSecurityException {
    X509Certificate own = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    String algorithm = own.getSigAlgName().toUpperCase(Locale.ROOT);
    String hash =
        algorithm.contains("SHA384")
            ? "SHA-384"
            : algorithm.contains("SHA512") ? "SHA-512" : "SHA-256";
    return MessageDigest.getInstance(hash).digest(own.getEncoded());
  }

  void send(int type, int flags, long id, byte[] payload) throws IOException {
    write(
        new IndependentFrame(type, flags | IndependentFrame.CRITICAL, number, id, payload)
            .encoded());
  }

  void send(int type, long id, Fields fields) throws IOException {
    send(type, 0, id, fields.payload());
  }

  /** Takes credit; a caller who has each frame acknowledged at once can never lack it. */
  void spend(long cost) throws IOException {
    if (cost > credit) {
      throw new IOException("a frame costs " + cost + " and the credit is " + credit);
    }
    credit -= cost;
  }

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Reads the next frame, whatever it is. */
  IndependentFrame next() throws IOException {
    IndependentFrame frame = IndependentFrame.read(in, Math.max(65_536, chunkLimit + 20));
    if (frame.stream != number) {
      throw new IOException("a frame of stream " + frame.stream + " on stream " + number);
    }
    if (frame.type == ERROR) {
      throw new Refused(frame);
    }
    return frame;
  }

  /** Reads the next frame that is neither KEEPALIVE nor unknown and not critical. */
  IndependentFrame receive() throws IOException {
    IndependentFrame frame = next();
    while (frame.type == KEEPALIVE || !frame.has(IndependentFrame.CRITICAL)) {
      frame = next();
    }
    return frame;
  }

  IndependentFrame receive(int type, long id) throws IOException {
    IndependentFrame frame = receive();
    if (frame.type != type || frame.id != id) {
      throw new IOException(
          "type " + frame.type + " of " + frame.id + " instead of " + type + " of " + id);
    }
    return frame;
  }

  /** Says HELLO and adopts what the server answers. */
  IndependentFrame hello(byte[] instance, String... offered) throws IOException {
    Fields hello = new Fields().number(1, 1).number(2, 1).text(3, "independent").text(4, offered);
    hello.text(5, "sha-256-tree").number(6, 8 << 20).number(54, CREDIT).bytes(7, instance);
    send(HELLO, 0, hello);
    IndependentFrame answer = receive(HELLO, 0);
    if (answer.number(1) != 1 || answer.number(2) != 1) {
      throw new IOException("the server agreed to version " + answer.number(1));
    }
    capabilities = answer.texts(4);
    if (!Arrays.asList(offered).containsAll(capabilities)
        || !capabilities.containsAll(answer.texts(5))
        || !capabilities.contains("sha-256-tree")) {
      throw new IOException("the server claims " + capabilities + " and wants " + answer.texts(5));
    }
    chunkLimit = (int) answer.number(6);
    credit = answer.number(54);
    return answer;
  }

  /** Logs in by SCRAM-SHA-256, over TLS by -PLUS bound to the server's certificate (RFC 5802). */
  void login(String user, String key) throws IOException, GeneralSecurityException {
    boolean bound = socket instanceof SSLSocket;
    login(user, key, bound ? endPoint((SSLSocket) socket) : new byte[0]);
  }

  void login(String user, String key, byte[] channel) throws IOException, GeneralSecurityException {
    boolean bound = channel.length > 0;
    String gs2 = bound ? "p=tls-server-end-point,," : "n,,";
    byte[] random = new byte[18];
    new SecureRandom().nextBytes(random);
    String nonce = Base64.getEncoder().encodeToString(random);
    String bare = "n=" + user.replace("=", "=3D").replace(",", "=2C") + ",r=" + nonce;
    Fields first = new Fields().text(8, bound ? "SCRAM-SHA-256-PLUS" : "SCRAM-SHA-256");
    send(AUTH, 0, first.text(9, gs2 + bare));

    String challenge = receive(AUTH, 0).text(9);
    String[] parts = challenge.split(",", 3);
    int rounds = Integer.parseInt(parts[2].substring(2));
    if (!parts[0].startsWith("r=" + nonce) || rounds < 4_096 || rounds > 1_000_000) {
      throw new IOException("not an answer to this login: " + challenge);
    }
    byte[] salt = Base64.getDecoder().decode(parts[1].substring(2));
    byte[] salted =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
            .generateSecret(new PBEKeySpec(key.toCharArray(), salt, rounds, 256))
            .getEncoded();
    byte[] header = gs2.getBytes(UTF_8);
    byte[] binding = Arrays.copyOf(header, header.length + channel.length);
    System.arraycopy(channel, 0, binding, header.length, channel.length);
    String last = "c=" + Base64.getEncoder().encodeToString(binding) + "," + parts[0];
    String all = bare + "," + challenge + "," + last;
    byte[] proof = mac(salted, "Client Key");
    byte[] signature = mac(MessageDigest.getInstance("SHA-256").digest(proof), all);
    for (int i = 0; i < proof.length; i++) {
      proof[i] ^= signature[i];
    }
    send(AUTH, 0, new Fields().text(9, last + ",p=" + Base64.getEncoder().encodeToString(proof)));
    String verifier = receive(AUTH, 0).text(9);
    byte[] expected = mac(mac(salted, "Server Key"), all);
    if (!verifier.equals("v=" + Base64.getEncoder().encodeToString(expected))) {
      throw new IOException("the server does not know the key");
    }
  }

  private static byte[] mac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(UTF_8));
  }

  /** Joins a session; from here on frames carry the number that the server gave. */
  void join(String ticket) throws IOException {
    send(AUTH, 0, new Fields().text(8, "TICKET").text(9, ticket));
    number = (int) receive(AUTH, 0).number(13);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
