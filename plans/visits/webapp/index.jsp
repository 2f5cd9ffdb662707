<%@ page contentType="text/plain; charset=UTF-8" session="false" trimDirectiveWhitespaces="true"
    import="java.io.*, java.nio.charset.StandardCharsets, java.nio.file.*, java.nio.file.attribute.FileTime, java.sql.*, java.util.Properties,
            org.apache.tomcat.jdbc.pool.DataSource, org.apache.tomcat.jdbc.pool.PoolProperties" %><%!
  /** The settings as they are in the file that hab writes, and connections to the database they name. */
  private static class Setup {
    final FileTime modified;
    final Properties settings = new Properties();
    final DataSource pool;

    Setup(Path file) throws IOException {
      modified = Files.getLastModifiedTime(file);
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        settings.load(reader);
      }
      PoolProperties properties = new PoolProperties();
      properties.setDriverClassName("org.postgresql.Driver");
      properties.setUrl("jdbc:postgresql://" + settings.getProperty("database.address") + "/"
          + settings.getProperty("database.name") + "?connectTimeout=2&socketTimeout=10&ApplicationName=visits");
      properties.setUsername(settings.getProperty("database.user"));
      properties.setPassword(settings.getProperty("database.password"));
      properties.setMaxActive(Integer.parseInt(settings.getProperty("pool.size")));
      properties.setInitialSize(0);
      properties.setMinIdle(0);
      properties.setMaxWait(5000);
      pool = new DataSource(properties);
    }
  }

  private Setup setup;

  /** The setup of now. What came before is closed when its last request has ended. */
  private synchronized Setup current() throws IOException {
    Path file = Path.of(getServletContext().getInitParameter("settings"));
    if (setup == null || !setup.modified.equals(Files.getLastModifiedTime(file))) {
      Setup previous = setup;
      setup = new Setup(file);
      if (previous != null) previous.pool.close();
    }
    return setup;
  }

  private static long visits(DataSource pool, String member, boolean count) throws SQLException {
    try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
      statement.execute("create table if not exists visit (at timestamptz not null default now(), member text)");
      if (count) {
        try (PreparedStatement insert = connection.prepareStatement("insert into visit (member) values (?)")) {
          insert.setString(1, member);
          insert.execute();
        }
      }
      try (ResultSet result = statement.executeQuery("select count(*) from visit")) {
        result.next();
        return result.getLong(1);
      }
    }
  }

  public void jspDestroy() {
    if (setup != null) setup.pool.close();
  }
%><%
  Setup now = current();
  String member = now.settings.getProperty("member");
  boolean count = !"no".equals(request.getParameter("count"));
  try {
    long visits;
    try {
      visits = visits(now.pool, member, count);
    } catch (SQLException connectionWasOld) {
      // The database may have restarted since the pool's connections were made.
      now.pool.purge();
      visits = visits(now.pool, member, count);
    }
    out.println(now.settings.getProperty("message"));
    out.println("visits: " + visits);
    out.println("pool: " + now.pool.getMaxActive());
    out.println("member: " + member);
    out.println("database: " + now.settings.getProperty("database.address"));
  } catch (SQLException error) {
    application.log("The database does not answer", error);
    response.setStatus(503);
    out.println("The database does not answer: " + error.getMessage());
  }
%>
