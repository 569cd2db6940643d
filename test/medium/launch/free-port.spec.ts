import { freePorts } from '../../../launch/free-port.js';

it('gives as many different ports as are asked for, time and again', async () => {
  for (let round = 0; round < 50; round += 1) {
    const ports = await freePorts(5);
    expect(new Set(ports).size).toBe(5);
  }
});
