"""Can items be answered without what they are meant to measure?"""
