package io.waybill.scheduler.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Hands out connections that may be used by threads that are interrupted: whatever could reach the
 * database's file is done on a thread of {@link Uninterrupted}, call by call. A caller that is on
 * such a thread already pays nothing.
 */
final class UninterruptedDataSource implements DataSource {
  /** What a result can be that reaches the file when it is used; the narrowest first. */
  private static final List<Class<?>> REACHING =
      List.of(
          CallableStatement.class,
          PreparedStatement.class,
          Statement.class,
          ResultSet.class,
          Connection.class,
          DatabaseMetaData.class,
          Clob.class,
          Blob.class);

  /** Reads of a row's values that are in memory: all but those that can be large objects. */
  private static final Set<String> READS_IN_MEMORY =
      Set.of("getInt", "getLong", "getBoolean", "getBigDecimal", "getTimestamp", "wasNull");

  /** Parameters that are kept in memory until the statement is run; streams are not. */
  private static final Set<String> SETS_IN_MEMORY =
      Set.of(
          "setInt",
          "setLong",
          "setBoolean",
          "setBigDecimal",
          "setTimestamp",
          "setString",
          "setNull");

  private final DataSource pool;
  private final Uninterrupted threads;

  UninterruptedDataSource(DataSource pool, Uninterrupted threads) {
    this.pool = pool;
    this.threads = threads;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return connection(pool::getConnection);
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return connection(() -> pool.getConnection(username, password));
  }

  private Connection connection(Uninterrupted.Work<Connection, SQLException> opening)
      throws SQLException {
    return (Connection) shielded(threads.call(opening), Connection.class);
  }

  private Object shielded(Object real, Class<?> type) {
    return Proxy.newProxyInstance(
        UninterruptedDataSource.class.getClassLoader(), new Class<?>[] {type}, new Shield(real));
  }

  /** Forwards the calls to one JDBC object. */
  private final class Shield implements InvocationHandler {
    private final Object real;

    Shield(Object real) {
      this.real = real;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      if (method.getName().equals("equals") && arguments != null && arguments.length == 1) {
        return proxy == arguments[0];
      }
      if (isInMemory(method)) {
        return called(method, arguments);
      }
      Uninterrupted.Work<Optional<Object>, Exception> call =
          () -> Optional.ofNullable(loaded(called(method, arguments)));
      return threads.call(call).orElse(null);
    }

    private @Nullable Object called(Method method, Object @Nullable [] arguments) throws Exception {
      try {
        return method.invoke(real, arguments);
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof Exception refused) {
          throw refused;
        }
        throw e;
      }
    }

    private boolean isInMemory(Method method) {
      return method.getDeclaringClass() == Object.class
          || (real instanceof ResultSet && READS_IN_MEMORY.contains(method.getName()))
          || (real instanceof PreparedStatement && SETS_IN_MEMORY.contains(method.getName()));
    }

    private @Nullable Object loaded(@Nullable Object result) throws IOException {
      if (result instanceof InputStream stream) {
        try (stream) {
          return new ByteArrayInputStream(stream.readAllBytes());
        }
      }
      if (result instanceof Reader reader) {
        try (reader) {
          StringWriter text = new StringWriter();
          reader.transferTo(text);
          return new StringReader(text.toString());
        }
      }
      for (Class<?> type : REACHING) {
        if (type.isInstance(result)) {
          return shielded(result, type);
        }
      }
      return result;
    }

    @Override
    public String toString() {
      return real.toString();
    }
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return pool.getLogWriter();
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    pool.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    pool.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return pool.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("io.waybill.scheduler.store");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return pool.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return pool.isWrapperFor(type);
  }
}
