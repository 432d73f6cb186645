import { test as base } from './fixtures';
import { type Robots, connect, startRobots } from './robots';

/** A test beside robots: the server of its file and the robots know of each other. */
export const test = base.extend<object, { robots: Robots }>({
  robots: [
    async ({ backend }, use) => {
      const robots = await startRobots(backend);
      await connect(robots.admin, robots.rpa);
      await use(robots);
      await robots.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  server: async ({ robots }, use, info) => {
    await use(robots.server);
    if (info.status !== info.expectedStatus) await info.attach('server.log', { body: robots.server.log, contentType: 'text/plain' });
  },
  admin: async ({ robots }, use) => use(robots.admin),
});

export { expect } from './fixtures';
